"""The exceptions of the platform, and what becomes of anything a script throws."""

import os
import sys

_HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "")


class RestException(Exception):
    """RestException(status, message, code, previous, context). A context may stand in the place of
    `previous`."""

    status_code = 500
    context = None
    bare = False

    def __init__(self, status=500, message="", code=None, previous=None, context=None):
        Exception.__init__(self, message)
        if isinstance(previous, BaseException):
            self.__cause__ = previous
        elif context is None:
            context = previous
        self.status_code = status
        self.message = message
        self.code = status if code is None else code
        self.context = context

    def __str__(self):
        return str(self.message)


def _kind(name, status):
    def __init__(self, message="", code=None, previous=None, context=None):
        RestException.__init__(self, status, message, code, previous, context)

    return type(name, (RestException,), {"__init__": __init__, "status_code": status})


_STATUS = {
    "BadRequestException": 400,
    "ConflictResourceException": 409,
    "ForbiddenException": 403,
    "InternalServerErrorException": 500,
    "InvalidJsonException": 400,
    "NotFoundException": 404,
    "NotImplementedException": 501,
    "ServiceUnavailableException": 503,
    "TooManyRequestsException": 429,
    "UnauthorizedException": 401,
}

NAMES = {name: _kind(name, status) for name, status in _STATUS.items()}


def inner(error):
    """How an exception stands inside a batch's context."""
    if isinstance(error, RestException):
        body = {"code": error.code, "context": error.context, "message": str(error)}
        if not error.bare:
            body["status_code"] = error.status_code
        return body
    return {"code": 500, "context": None, "message": str(error), "status_code": 500}


class BatchException(RestException):
    """BatchException(resources, message, code): members of `resources` may be exceptions."""

    def __init__(
        self,
        resources=(),
        message="Batch Error: Not all requested operations were successful.",
        code=1000,
    ):
        resources = list(resources)
        context = {
            "error": [at for at, item in enumerate(resources) if isinstance(item, Exception)],
            "resource": [inner(i) if isinstance(i, Exception) else i for i in resources],
        }
        RestException.__init__(self, 400, message, code, None, context)


class DFException(RestException):
    """DFException(exception): 500 outside, the inner exception's code and message inside."""

    bare = True

    def __init__(self, error=None):
        message, code, context = str(error), 0, None
        if isinstance(error, RestException):
            code, context = error.code, error.context
        RestException.__init__(self, 500, message, code or 500, None, context)


NAMES.update(RestException=RestException, BatchException=BatchException, DFException=DFException)


class Stop(BaseException):
    """A limit ended the run. `limit`: wall, output, api_calls. Not an Exception, so that a
    script's `except Exception` lets it through."""

    def __init__(self, limit, message):
        BaseException.__init__(self, message)
        self.limit = limit


class Exit(BaseException):
    """The script tried to end the process."""


def describe(error, file):
    """The `error` member of a done frame. `file`: the name under which the script was compiled."""
    kind = type(error)
    out = {"message": _message(error), "class": kind.__name__}
    if isinstance(error, Stop):
        out["limit"] = error.limit
        del out["class"]
    elif isinstance(error, MemoryError):
        out.update(limit="memory", message="The script used more memory than its limit.")
    elif isinstance(error, RestException):
        out.update(status_code=error.status_code, code=error.code)
        if error.context is not None:
            out["context"] = error.context
        if error.bare:
            out["bare"] = True
    elif kind.__module__ == "__main__":
        # An exception class of the script's own may carry these as plain attributes.
        for name in ("status_code", "code", "context"):
            value = getattr(error, name, None)
            if value is not None:
                out[name] = value
    _place(error, file, out)
    return out


def _message(error):
    if isinstance(error, SystemExit):
        code = error.code
        if isinstance(code, str):
            return code
        return "The script called exit(%s)." % ("" if code is None else code)
    if isinstance(error, SyntaxError) and error.lineno:
        return "%s: %s (line %d)" % (type(error).__name__, error.msg, error.lineno)
    try:
        return str(error) or type(error).__name__
    except Exception:
        return type(error).__name__


def _place(error, file, out):
    if isinstance(error, SyntaxError) and error.filename == file:
        out["line"] = error.lineno or 1
        if error.offset:
            out["column"] = error.offset
        return
    frames = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        if code.co_filename == file:
            out["line"] = trace.tb_lineno
            column = _column(code, trace.tb_lasti)
            if column:
                out["column"] = column
        ours = code.co_filename.startswith(_HERE)
        if not ours and (frames or code.co_filename == file):
            frames.append(
                "  line %s, in %s (%s)" % (trace.tb_lineno, code.co_name, code.co_filename)
            )
        trace = trace.tb_next
    if frames:
        out["stack"] = "\n".join(frames[:50] + [out["message"]])


def _column(code, at):
    if sys.version_info < (3, 11) or at < 0:
        return None
    for position, (_, _, column, _) in enumerate(code.co_positions()):
        if position == at // 2:
            return None if column is None else column + 1
    return None
