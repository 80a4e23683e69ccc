"""Decides by a server's complaint whether a row or the whole run failed, and says in one line what to do about it."""

import re

from catalog.descriptions.complaints import Complaint
from catalog.descriptions.failures import RowFailed, RunStopped

# Each is looked for in a few hundred characters at most.
_NO_CREDIT = re.compile(
    r"insufficient[ _](?:quota|credits?|balance|funds)|exceeded your current quota|billing|out of credits?"
    r"|not enough (?:credits?|balance)|credit balance|account balance|payment required|more credits|top up|arrearage"
)
_RATE = re.compile(
    r"retry in|rate[ _-]?limit|too[ _]many[ _]requests|\b(?:requests|tokens|free-models)[ -_]per|per[ -_]?(?:min|day)"
)
_REFUSED_KEY = re.compile(
    r"(?:invalid|incorrect|expired|revoked|missing|wrong|no)[ _](?:api|auth|access)[ _-]?(?:key|token)"
    r"|api[ _]?key.{0,40} (?:not valid|invalid|incorrect|expired|not found|missing|required)"
    r"|authentication|unauthorized|unauthenticated"
)
_WITHHELD = re.compile(
    r"content[ _]?(?:filter|policy|management)|moderation|flagged|responsible ?ai|\bsafety\b"
    r"|sensitive (?:content|words)"
)
TOO_LONG = re.compile(
    r"context[ _](?:length|window|size)|maximum context|too (?:long|large|many tokens)|reduce the length"
    r"|exceed\w*.{0,60}(?:tokens|context)|supports at most"
)
_NO_MODEL = re.compile(
    r"model.{0,120}(?:not[ _]found|not exist|not available|not a valid|no access|decommissioned|deprecated"
    r"|does not have access|not loaded)|(?:invalid|unknown|no such)[ _]model|not a valid model|deploymentnotfound"
    r"|no endpoints found|no models? (?:is |are )?loaded"
)
_NO_PATH = re.compile(
    r"(?:404 page |resource |path |route |endpoint )?not found|no route|could not route|invalid url|unknown_url"
    r"|cannot post|unexpected endpoint|unknown (?:endpoint|path|url)"
)

KEY = "the model's server refused OPENAI_API_KEY"
CREDIT = "the account of OPENAI_API_KEY has no quota left; add credit to it"
WITHHELD = "the server withheld it because of its rules on content"
LONG = "the request is too long for the model; lower OPENAI_ANSWER_TOKENS, or name a model with more context"


def is_without_credit(complaint: Complaint) -> bool:
    """Return whether the account is out of money; some servers call a rate per minute a quota, too."""
    about = complaint.about
    if complaint.status == 402 or "insufficient" in about:
        return complaint.status == 402 or bool(_NO_CREDIT.search(about))
    return not _RATE.search(about) and bool(_NO_CREDIT.search(about))


def is_too_often(complaint: Complaint) -> bool:
    return complaint.status in {None, 429} and not is_without_credit(complaint) and bool(_RATE.search(complaint.about))


def told(complaint: Complaint, model: str, address: str) -> RowFailed | RunStopped:
    """Return the failure of a row, or ``RunStopped`` where every row would fail so; ``address`` is the server's."""
    about, status = complaint.about, complaint.status
    if is_without_credit(complaint):
        return RunStopped(_line(CREDIT, complaint), setup=True)
    if status == 401 or (status in {None, 400, 403} and _REFUSED_KEY.search(about)):
        return RunStopped(_line(KEY, complaint), setup=True)
    if status != 404 and _WITHHELD.search(about):
        return RowFailed(_line(WITHHELD, complaint))
    if status == 403:
        return RunStopped(_line(f"{KEY}, or its country, or the model {model!r}", complaint), setup=True)
    if status == 413 or (status in {None, 400, 422} and TOO_LONG.search(about)):
        return RowFailed(_line(LONG, complaint))
    if _is_nowhere(complaint):
        where = f"no model answers at {address}; is OPENAI_BASE_URL right? It often ends in /v1"
        return RunStopped(_line(where, complaint), setup=True)
    if status == 404 or (status in {None, 400, 422} and _NO_MODEL.search(about)):
        return RunStopped(
            _line(f"the model's server knows no model {model!r}; set OPENAI_MODEL", complaint), setup=True
        )
    if status is None and not complaint.words:
        return RowFailed("the server sent no answer of a model")
    return RowFailed(_line("the server answered" if status else "the server answered an error", complaint))


def _is_nowhere(complaint: Complaint) -> bool:
    """Return whether the answer came from something that is no server of models."""
    if complaint.status in {301, 302, 303, 307, 308, 405}:
        return True
    if complaint.status not in {None, 404}:
        return False
    is_said = complaint.is_page or _NO_PATH.match(complaint.words.lower()) is not None
    return is_said or (complaint.status == 404 and not complaint.words)


def _line(cause: str, complaint: Complaint) -> str:
    status = "" if complaint.status is None else str(complaint.status)
    if cause == "the server answered":
        cause, status = f"{cause} {status}", ""
    return cause + (f" ({status})" if status else "") + (f": {complaint.words}" if complaint.words else "")
