"""`text.hosts`: what is written in ASCII is a host's name and nothing more."""

from hypothesis import given
from hypothesis import strategies as st

from agentdesk.text.hosts import in_ascii


def test_a_domain_in_letters_and_one_in_ascii() -> None:
    assert in_ascii("blåbær.dk") == "xn--blbr-roah.dk"
    assert in_ascii("shop.example") == "shop.example"
    assert in_ascii("[192.0.2.1]") == "[192.0.2.1]"
    assert in_ascii("b.dk，evil＠x.dk") is None
    assert in_ascii("b.exam…") is None
    assert in_ascii("ø" * 70 + ".dk") is None


@given(
    st.text(
        st.one_of(
            st.characters(), st.sampled_from("，＠＞＜；：．。（）"), st.characters(min_codepoint=0xFE00)
        ),
        max_size=30,
    )
)
def test_no_letters_become_a_sign_that_ends_an_address(domain: str) -> None:
    found = in_ascii(f"ø{domain}")
    assert found is None or not set(found) & set(' \t\r\n<>()[],;:@"\\\\')
