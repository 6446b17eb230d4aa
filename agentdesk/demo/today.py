"""What is open in the shop today, as a table: who wrote about what how long ago, and what has become of it since.

Invariant: sixty wait for an answer; besides them a few wait for the customer or for a later day.
"""

from typing import Literal, NamedTuple

Story = Literal[
    "new", "again", "noted", "talk", "talk, noted", "bounced", "failed", "taken", "answered", "snoozed"
]
"""new: one mail · again: two of them · noted: a colleague left a note · talk: answered, and the customer wrote again ·
bounced, failed: the answer did not arrive · taken: somebody has it in hand · answered: waits for the customer."""


class Plan(NamedTuple):
    """One case of today."""

    minutes: float
    """Since when somebody waits for an answer."""
    mailbox: str
    topic: str
    customer: str
    owner: str = ""
    story: Story = "new"
    priority: int = 1


TODAY: tuple[Plan, ...] = (
    Plan(281, "support", "damaged", "Grethe Holst", "", "again"),
    Plan(263, "support", "voucher", "Tobias Krogh", "bjarke", "noted"),
    Plan(246, "support", "missing", "Birgit Toft"),
    Plan(238, "support", "late", "Mette Sørensen", "anna", "talk, noted", 2),
    Plan(229, "support", "invoice", "Freja Lund", "camilla", "taken"),
    Plan(205, "support", "address", "Rasmus Dam", "camilla", "noted"),
    Plan(171, "support", "size", "Ida Bæk"),
    Plan(120, "support", "twice", "Søren Kjær", "bjarke", "talk"),
    Plan(64, "support", "login", "Karen Winther"),
    Plan(14, "support", "missing", "Niels Ravn"),
    Plan(254, "hjelp", "damaged", "Kåre Moe", "", "new", 2),
    Plan(235.5, "hjelp", "return", "Ola Nordmann", "camilla", "taken"),
    Plan(222, "hjelp", "voucher", "Håkon Strøm", "anna", "bounced"),
    Plan(190, "hjelp", "late", "Marit Lien", "", "again"),
    Plan(150, "hjelp", "size", "Silje Hagen", "bjarke", "talk"),
    Plan(97, "hjelp", "address", "Eirik Fjeld"),
    Plan(40, "hjelp", "stock", "Nora Tveit"),
    Plan(9, "hjelp", "twice", "Jonas Aas", "", "new", 2),
    Plan(493, "help", "twice", "Emily Clarke", "", "again"),
    Plan(474, "help", "size", "Jürgen Weiß", "camilla", "talk"),
    Plan(452, "help", "damaged", "Priya Patel"),
    Plan(396, "help", "late", "Harry Baker", "bjarke", "talk, noted"),
    Plan(210, "help", "return", "Sanne de Vries", "anna", "again"),
    Plan(33, "help", "login", "Noah Ward"),
    Plan(540, "hej", "stock", "Sofie Vestergaard"),
    Plan(355, "hej", "cancel", "Anders Bech", "camilla", "noted"),
    Plan(262, "hej", "stock", "Lærke Skov"),
    Plan(175, "hej", "voucher", "Emil Møller", "bjarke", "taken"),
    Plan(118, "hej", "login", "Magnus Jensen"),
    Plan(52, "hej", "cancel", "Åse Thygesen", "", "again"),
    Plan(6, "hej", "stock", "Oliver Nørgaard"),
    Plan(520, "retur", "return", "Bjørn Kjær", "daniel", "talk"),
    Plan(488, "retur", "size", "Kirsten Skov"),
    Plan(470, "retur", "return", "Sofie Dam", "daniel", "noted"),
    Plan(431, "retur", "damaged", "Jørgen Bæk", "camilla", "talk"),
    Plan(402, "retur", "missing", "Ida Holst"),
    Plan(377, "retur", "return", "Magnus Ravn", "daniel", "taken"),
    Plan(349, "retur", "size", "Freja Krogh", "", "again"),
    Plan(311, "retur", "return", "Rasmus Toft"),
    Plan(284, "retur", "size", "Lærke Lund", "daniel", "failed"),
    Plan(243, "retur", "damaged", "Anders Winther"),
    Plan(216, "retur", "return", "Grethe Møller", "camilla", "taken"),
    Plan(187, "retur", "missing", "Emil Jensen", "daniel", "talk"),
    Plan(143, "retur", "return", "Karen Bech"),
    Plan(109, "retur", "size", "Niels Sørensen"),
    Plan(76, "retur", "return", "Tobias Vestergaard", "daniel", "noted"),
    Plan(44, "retur", "damaged", "Birgit Østergaard", "camilla", "taken"),
    Plan(21, "retur", "return", "Oliver Thygesen"),
    Plan(505, "faktura", "invoice", "Mette Bech", "daniel", "talk"),
    Plan(466, "faktura", "twice", "Søren Dam"),
    Plan(418, "faktura", "invoice", "Kirsten Lund", "daniel", "noted"),
    Plan(384, "faktura", "invoice", "Åse Nørgaard", "", "again"),
    Plan(330, "faktura", "voucher", "Emil Toft"),
    Plan(295, "faktura", "twice", "Ida Jensen", "daniel", "failed"),
    Plan(251, "faktura", "invoice", "Bjørn Ravn"),
    Plan(198, "faktura", "cancel", "Sofie Holst", "daniel", "taken"),
    Plan(155, "faktura", "invoice", "Magnus Krogh"),
    Plan(101, "faktura", "twice", "Freja Winther"),
    Plan(58, "faktura", "invoice", "Rasmus Skov", "daniel", "talk"),
    Plan(17, "faktura", "voucher", "Anders Møller"),
    # not waiting for us
    Plan(325, "support", "return", "Jørgen Østergaard", "anna", "answered"),
    Plan(412, "hjelp", "late", "Ingrid Solberg", "bjarke", "answered"),
    Plan(366, "help", "invoice", "Grace Hughes", "camilla", "answered"),
    Plan(448, "support", "twice", "Lærke Kjær", "bjarke", "answered"),
    Plan(510, "retur", "size", "Niels Thygesen", "daniel", "answered"),
    Plan(390, "hjelp", "cancel", "Trond Bakke", "camilla", "answered"),
    Plan(301, "support", "stock", "Kirsten Jensen", "anna", "snoozed"),
    Plan(435, "hej", "stock", "Karen Dam", "camilla", "snoozed"),
    Plan(497, "retur", "missing", "Emil Sørensen", "daniel", "snoozed"),
)
