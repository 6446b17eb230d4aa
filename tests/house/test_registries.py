"""Every plug-in is in its registry, and every registry is a literal tuple of (name, "module:attribute")."""

import ast
import importlib
from pathlib import Path

import pytest
from house.tree import ROOT, python_files, tree

_FAMILIES = {
    "CHANNELS": "agentdesk/channels",
    "JOBS": "agentdesk/worker/jobs",
    "SCREENS": "agentdesk/tui/screens",
    "SHOPS": "agentdesk/shops",
    "KPIS": "agentdesk/kpis",
    "ACTIONS": "agentdesk/automation/actions",
}
_NO_PLUGINS = {"__init__", "contract", "base", "refusals"}  # what a family shares
_STANDING = {name: folder for name, folder in _FAMILIES.items() if (ROOT / folder).is_dir()}


def _registry(name: str) -> tuple[tuple[str, str], ...]:
    """The literal that is assigned to this name, wherever in the program it stands."""
    found = []
    for path in python_files("agentdesk"):
        for node in tree(path).body:
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            if any(isinstance(one, ast.Name) and one.id == name for one in targets) and hasattr(
                node, "value"
            ):
                found.append(ast.literal_eval(node.value))
    assert len(found) == 1, f"{name} is assigned {len(found)} times"
    registry: tuple[tuple[str, str], ...] = found[0]
    return registry


@pytest.mark.parametrize(("name", "folder"), _STANDING.items())
def test_every_plugin_is_in_its_registry(name: str, folder: str) -> None:
    inside = [path.relative_to(folder) for path in python_files("agentdesk") if path.is_relative_to(folder)]
    plugins = {Path(path.parts[0]).stem for path in inside} - _NO_PLUGINS
    modules = {place.partition(":")[0] for _name, place in _registry(name)}
    registered = {module.removeprefix(folder.replace("/", ".") + ".").split(".")[0] for module in modules}
    assert plugins == registered


@pytest.mark.parametrize("name", _STANDING)
def test_every_registered_name_is_one_and_leads_somewhere(name: str) -> None:
    registry = _registry(name)
    assert isinstance(registry, tuple)
    assert len({entry for entry, _place in registry}) == len(registry)
    for _entry, place in registry:
        module, _colon, attribute = place.partition(":")
        assert hasattr(importlib.import_module(module), attribute), place


def test_there_are_families_to_look_at() -> None:
    assert "CHANNELS" in _STANDING
