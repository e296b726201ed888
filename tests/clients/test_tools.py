"""What an integrator builds with, on the published schema alone: no finding."""

import pytest

from tests.clients.nodejs import CODEGEN, ESLINT, INSTALL_SECONDS, RELAY_COMPILER, TSC, Workshop

pytestmark = pytest.mark.timeout(INSTALL_SECONDS + 120)


async def test_codegen_makes_types_that_typescript_takes(node: Workshop) -> None:
    made = await node.run(CODEGEN, "--config", "codegen.config.mjs")
    assert (made.status, made.errors) == (0, "")

    compiled = await node.run(TSC, "--project", ".")

    assert (compiled.status, compiled.output) == (0, "")
    assert "input: any" not in (node.folder / "generated" / "schema.ts").read_text()


async def test_eslint_has_no_finding(node: Workshop) -> None:
    said = await node.run(
        ESLINT, "--max-warnings=0", "--report-unused-disable-directives", "schema.graphql", "documents"
    )

    assert (said.status, said.output) == (0, ""), said.errors


async def test_relay_compiler_has_no_finding(node: Workshop) -> None:
    said = await node.run(RELAY_COMPILER, "relay.config.json")

    assert said.status == 0, said.output + said.errors
    assert "WARN" not in said.output + said.errors
    made = {path.stem for path in (node.folder / "relay" / "__generated__").iterdir()}
    assert {"pagesQuery.graphql", "pagesGoalRefetchQuery.graphql", "pages_line.graphql"} <= made
