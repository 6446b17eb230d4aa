"""Signatures and encryption, named as what they are: nothing is verified or decrypted here.

Invariant: a mark is said only of what the structure or the armour shows, never that a signature is good.
"""

from collections.abc import Iterable

from agentdesk.config.language import N_
from agentdesk.mail.structure import Part

PGP_ENCRYPTED = N_("encrypted with PGP")
PGP_SIGNED = N_("signed with PGP, not checked")
SMIME_ENCRYPTED = N_("encrypted with S/MIME")
SMIME_SIGNED = N_("signed with S/MIME, not checked")
_SMIME_MARKS = {"signed": SMIME_SIGNED, "encrypted": SMIME_ENCRYPTED}
_ENCRYPTED_KINDS = ("enveloped-data", "authenveloped-data")


def marks(parts: Iterable[Part], text: str, wrapped: Iterable[str]) -> tuple[str, ...]:
    """What the agent is told. `wrapped` is what the bytes of pkcs7-mime parts said."""
    found = [_SMIME_MARKS[one] for one in wrapped if one in _SMIME_MARKS]
    found += filter(None, map(_of_part, parts))
    if "-----BEGIN PGP " in text:
        if "-----BEGIN PGP MESSAGE-----" in text:
            found.append(PGP_ENCRYPTED)
        elif "-----BEGIN PGP SIGNED MESSAGE-----" in text:
            found.append(PGP_SIGNED)
    return tuple(dict.fromkeys(found))


def _of_part(part: Part) -> str:
    kind = part.content_type
    if kind.startswith(("text/", "image/")):
        return ""
    if kind in ("multipart/encrypted", "multipart/signed"):
        protocol = part.parameters.get("protocol", "").lower()
        encrypted = kind == "multipart/encrypted"
        if "pkcs7" in protocol:
            return SMIME_ENCRYPTED if encrypted else SMIME_SIGNED
        return (PGP_ENCRYPTED if encrypted else PGP_SIGNED) if "pgp" in protocol or encrypted else ""
    if kind == "application/pgp-encrypted":
        return PGP_ENCRYPTED
    if kind == "application/pgp-signature":
        return PGP_SIGNED
    if kind in ("application/pkcs7-signature", "application/x-pkcs7-signature"):
        return SMIME_SIGNED
    if kind in ("application/pkcs7-mime", "application/x-pkcs7-mime"):
        stated = part.parameters.get("smime-type", "").lower()
        return SMIME_ENCRYPTED if stated in _ENCRYPTED_KINDS else ""
    return ""
