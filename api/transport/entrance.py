"""What the transports need to know about rates: the seam to who counts them (api/limits/)."""

from typing import TYPE_CHECKING, Protocol

from api.transport.documents import Refused
from api.transport.parameters import Parameters
from runtime.viewer import Viewer

if TYPE_CHECKING:
    from api.transport.operation import Operation, Operations


class Admission(Protocol):
    """One operation on its way. `over` is called once, whatever came of it."""

    def charge(self, operation: "Operation") -> None:
        """Before it is executed. Raises ClientError LIMITED."""

    def charge_text(self, text: str) -> None:
        """For a document that was read in vain."""

    def over(self) -> None: ...

    def head(self) -> bytes:
        """Lines for the head of an HTTP answer: what is left."""


class Entrance(Protocol):
    def admit(self, viewer: Viewer | None, network: str) -> Admission:
        """Before an operation is read. Raises ClientError LIMITED where one more may not even be read now."""


async def read_charged(operations: "Operations", parameters: Parameters, admission: Admission | None) -> "Operation":
    """Raises Refused, and ClientError LIMITED."""
    if admission is None:
        return await operations.read_apart(parameters)
    try:
        operation = await operations.read_apart(parameters)
    except Refused:
        admission.charge_text(parameters.query)
        raise
    admission.charge(operation)
    return operation
