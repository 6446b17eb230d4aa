"""Where things lie."""

from pathlib import Path
from typing import Literal

import platformdirs
import pytest

from agentdesk.config import places


def test_the_environment_says_where(tmp_path: Path) -> None:
    environ = {f"XDG_{kind}_HOME": f"{tmp_path}/{kind}" for kind in ("CONFIG", "DATA", "STATE")}
    assert places.config_file(environ) == tmp_path / "CONFIG/agentdesk/agentdesk.toml"
    assert places.store_url(environ) == f"sqlite:///{tmp_path}/DATA/agentdesk/agentdesk.db"
    assert places.state_dir(environ) == tmp_path / "STATE/agentdesk"


@pytest.mark.parametrize("environ", [{}, {"XDG_CONFIG_HOME": ""}, {"XDG_CONFIG_HOME": "relative"}])
def test_where_it_does_not_the_system_does(environ: dict[str, str]) -> None:
    assert places.config_file(environ) == platformdirs.user_config_path("agentdesk") / "agentdesk.toml"


def test_the_state_folder_is_closed_to_others(tmp_path: Path) -> None:
    environ = {"XDG_STATE_HOME": str(tmp_path)}
    (tmp_path / "agentdesk").mkdir(mode=0o755)
    assert places.state_dir(environ).stat().st_mode & 0o777 == 0o700
    assert places.state_dir({"XDG_STATE_HOME": f"{tmp_path}/new"}).stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("name", ["migrations", "themes"])
def test_what_travels_with_the_program_is_found_in_a_checkout(name: Literal["migrations", "themes"]) -> None:
    checkout = Path(__file__).parents[2]
    assert places.resource(name) == checkout / name
    assert any(places.resource(name).iterdir())
