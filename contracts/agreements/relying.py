"""What a contract prints of a tool is not changed by another district's list."""

from contracts.agreements.models import CoveredTool
from vetting.catalog.models import Tool
from vetting.catalog.relying import relies
from vetting.people.models import District
from workflows.lifecycles.agreement import AGREEMENT


@relies("agreements")
def covered_elsewhere(tool: Tool, district: District) -> bool:
    rows = CoveredTool.objects.filter(tool=tool).exclude(district=district)
    return rows.exclude(agreement__state__in=AGREEMENT.ends).exists()
