"""Which media type an answer gets: RFC 9110 section 12.5.1, for the few types that a GraphQL server has."""

from dataclasses import dataclass

JSON = "application/json"
RESPONSE_JSON = "application/graphql-response+json"
EVENT_STREAM = "text/event-stream"
HTML = "text/html"


@dataclass(frozen=True, slots=True)
class Accepted:
    """`json` is the JSON type to answer in, None if the client takes neither."""

    json: str | None
    event_stream: bool
    html: bool


def negotiate(accept: str) -> Accepted:
    """Reads the Accept header; an empty one accepts everything, and everything means application/json."""
    ranges = _ranges(accept)
    if not ranges:
        return Accepted(JSON, event_stream=False, html=False)
    weights = {media: _weight(ranges, media) for media in (JSON, RESPONSE_JSON)}
    # Named at all, the newer type wins a tie: who sends it knows both.
    if RESPONSE_JSON in ranges and 0 < weights[RESPONSE_JSON] >= weights[JSON]:
        json: str | None = RESPONSE_JSON
    elif weights[JSON] > 0:
        json = JSON
    else:
        json = RESPONSE_JSON if weights[RESPONSE_JSON] > 0 else None
    event_stream = ranges.get(EVENT_STREAM, 0.0)
    html = ranges.get(HTML, 0.0)
    # Nobody but a browser names text/html above the types that a program wants.
    named = max(ranges.get(JSON, 0.0), ranges.get(RESPONSE_JSON, 0.0), event_stream)
    return Accepted(json, event_stream=event_stream > 0, html=html > named)


def is_json(content_type: str) -> bool:
    """Whether a request's Content-Type is JSON in UTF-8, which is what JSON is in unless it says otherwise."""
    media, *parameters = (part.strip() for part in content_type.split(";"))
    if media.lower() != JSON:
        return False
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset" and value.strip().strip('"').lower() not in {"utf-8", "utf8"}:
            return False
    return True


def _ranges(accept: str) -> dict[str, float]:
    ranges: dict[str, float] = {}
    for element in accept.split(","):
        media, *parameters = (part.strip().lower() for part in element.split(";"))
        if not media:
            continue
        weight = 1.0
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            if name.strip() == "q":
                weight = _quality(value.strip())
        ranges[media] = max(weight, ranges.get(media, 0.0))
    return ranges


def _quality(text: str) -> float:
    try:
        weight = float(text)
    except ValueError:
        return 0.0
    return weight if 0 <= weight <= 1 else 0.0


def _weight(ranges: dict[str, float], media: str) -> float:
    for candidate in (media, media.partition("/")[0] + "/*", "*/*"):
        if candidate in ranges:
            return ranges[candidate]
    return 0.0
