import logging


class NoPaths(logging.Filter):
    """A vendor's personal link is a path: Django's own lines name the route instead of the path."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        path = getattr(request, "path", None)
        if path and isinstance(record.args, tuple):
            match = getattr(request, "resolver_match", None)
            route = f"/{match.route}" if match else "a path we do not have"
            record.args = tuple(route if argument == path else argument for argument in record.args)
        return True
