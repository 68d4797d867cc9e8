"""A tool that another district asks for or uses is not changed by this one's list."""

from vetting.catalog.models import Tool
from vetting.catalog.relying import relies
from vetting.people.models import District
from vetting.requests.models import ToolRequest
from workflows.lifecycles.request import REQUEST


@relies("requests")
def requested_elsewhere(tool: Tool, district: District) -> bool:
    rows = ToolRequest.objects.filter(tool=tool).exclude(district=district)
    return rows.exclude(state__in=REQUEST.ends).exists()
