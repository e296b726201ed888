"""A plan in words: its steps in order, what each reads, and the function that was generated."""

from collections.abc import Iterator
from typing import Any

from api.execution.executable import Executable, Prepared, Ready
from api.execution.plan import FieldPlan, Step, edges_of
from api.execution.render import compile_render


def explained(executable: Executable, ready: Ready) -> Iterator[str]:
    """Lines for a person."""
    name = executable.operation.name.value if executable.operation.name else "(without a name)"
    weight = executable.weight
    yield (
        f"{executable.operation.operation.value} {name}: {weight.fields} fields, depth {weight.depth}, "
        f"{weight.statements} edges, at most {weight.objects} objects"
    )
    for prepared in [one for one in (ready.prepared, *(field.prepared for field in ready.fields)) if one is not None]:
        yield from _plan(prepared)


def _plan(prepared: Prepared) -> Iterator[str]:
    shown = {use.number: field for field, use in edges_of(prepared.plan.root)}
    yield ""
    for step in prepared.plan.steps:
        yield from _step(step, shown)
    yield ""
    _, source = compile_render(prepared.plan)
    yield from source.splitlines()


def _step(step: Step, shown: dict[int, FieldPlan]) -> Iterator[str]:
    yield f"step {step.number}: {name_of(step.bulk)}"
    for use in step.uses:
        field = shown[use.number]
        keys = ", ".join(slot.name for slot in use.key)
        yield f"  for {field.parent.name}.{field.name} as {field.key}, by {keys}"
    for model, layout in step.layouts.items():
        columns = ", ".join(
            slot.label.replace("_as_", " as ") if slot.as_text or slot.as_bytes else slot.name for slot in layout.slots
        )
        if columns:
            yield f"  reads of {model.__tablename__}: {columns}"


def name_of(bulk: Any) -> str:
    """An edge's function, or what it is made of."""
    name: str | None = getattr(bulk, "__qualname__", None)
    return name or str(bulk)
