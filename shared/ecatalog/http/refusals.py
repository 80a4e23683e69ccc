"""Lists the refusals that any operation may answer, written once in a document and named by its operations."""

from typing import Any, NamedTuple

from ecatalog.core import errors

READS, WRITES, CHANGES = ("get",), ("post", "put", "patch", "delete"), ("put", "patch")
ALL = READS + WRITES

SCHEMAS: dict[str, dict[str, Any]] = {
    "Detail": {
        "type": "object",
        "description": "Why a request was refused, as a sentence; some refusals say more in fields of their own.",
        "properties": {"detail": {"type": "string"}},
    },
    "Messages": {
        "type": "object",
        "description": "What is wrong with each field, as a list of sentences, or `detail` with one for the whole.",
    },
}
RETRY_AFTER = {"Retry-After": {"description": "Seconds after which to come back.", "schema": {"type": "integer"}}}


class Refusal(NamedTuple):
    """Is an answer that all operations of ``methods`` may give. One without a body has no example."""

    status: str
    methods: tuple[str, ...]
    text: str
    example: Any = None
    headers: dict[str, Any] | None = None

    @property
    def response(self) -> dict[str, Any]:
        """Return the OpenAPI response."""
        told: dict[str, Any] = {"description": self.text}
        if self.headers:
            told["headers"] = self.headers
        if self.example:
            schema = {"$ref": f"#/components/schemas/{'Messages' if self.status == '400' else 'Detail'}"}
            told["content"] = {"application/json": {"schema": schema, "example": self.example}}
        return told


REFUSALS = (
    Refusal("304", READS, "Unchanged: `If-None-Match` names the row's or page's `ETag`."),
    Refusal("400", ALL, "Something in the request cannot be used.", {"name": ["This field is required."]}),
    Refusal(
        "401", ALL, "No credentials, or a token that is not valid.",
        errors.token_not_valid("Token is expired").body,
    ),
    Refusal("403", ALL, "The role of the user does not allow it.", errors.Forbidden().body),
    Refusal("404", ALL, "There is no such thing, or not for this user.", errors.NotFound().body),
    Refusal("406", ALL, "The answer does not come in what `Accept` names.", errors.NotAcceptable().body),
    Refusal(
        "409", ALL, "Several rows have this code (`projects` lists them), or the state of the row does not allow it.",
        {
            "detail": "This code exists in several projects. Send project_id (0 for the row without a project).",
            "projects": [{"id": 1, "code_1c": "MAIN", "name": "Main base"}],
        },
    ),
    Refusal("412", CHANGES, "The row has changed since the `ETag` in `If-Match`.", errors.PreconditionFailed().body),
    Refusal("413", WRITES, "The body is too large.", errors.TooLarge().body),
    Refusal("414", ALL, "The address is too long.", {"detail": "The address is too long."}),
    Refusal("415", WRITES, "The body is of no type that is read here.", errors.UnsupportedMediaType("text/csv").body),
    Refusal("429", ALL, "Too many requests.", errors.Throttled(30).body, RETRY_AFTER),
    Refusal("431", ALL, "The headers are too large.", {"detail": "The headers are too large."}),
    Refusal("503", ALL, "Something that this needs is away for a moment.", errors.Unavailable().body, RETRY_AFTER),
)  # fmt: skip
ANY = Refusal("default", ALL, "Refused, as *Refusals* at the top tells.", errors.NotAuthenticated().body)


def responses() -> dict[str, Any]:
    """Return the components that operations name."""
    return {each.status: each.response for each in REFUSALS} | {"default": ANY.response}


def table() -> str:
    """Return a table of all refusals, for the description of a document."""
    rows = "".join(f"| {each.status} | {each.text} |\n" for each in REFUSALS)
    return f"| status | when |\n| --- | --- |\n{rows}"


def condense(path: str, told: dict[str, Any]) -> dict[str, Any]:
    """Return an operation's responses for readers of the whole, where ``default`` stands for what any may answer."""
    own = {status: answer for status, answer in told.items() if answer != _reference(status)}
    worth = {"409": "{code}" in path, "412": "412" in told}
    kept = {status: _reference(status) for status, told_here in worth.items() if told_here}
    return own | kept | {"default": _reference("default")}


def _reference(status: str) -> dict[str, str]:
    return {"$ref": f"#/components/responses/{status}"}


def add_to(told: dict[str, Any], method: str) -> None:
    """Add to an operation's responses the refusals that it may answer."""
    for each in REFUSALS:
        if method in each.methods:
            told.setdefault(each.status, _reference(each.status))
