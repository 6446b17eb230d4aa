"""Who a mail goes to: nothing but addresses, whatever was typed or pasted as one."""

import pytest
from services.world import World

from agentdesk.domain.mail import Address
from agentdesk.domain.problems import Problem


@pytest.mark.parametrize(
    "wrong", ["a@x.example Bcc: evil@x.example", "nobody", "a b@x.example", "a@x.example,b@x.example"]
)
def test_what_is_no_address_is_refused_by_name_and_nothing_is_queued(world: World, wrong: str) -> None:
    case_id = world.comes()
    with pytest.raises(Problem, match="no e-mail address"):
        world.replies(case_id, cc=(Address("", wrong),))
    assert world.value("select count(*) from outbox") == 0
