"""Dovecot's configuration for the tests, in the grammar of 2.3 (Debian 12) and in that of 2.4 (Debian 13).

Invariant: both describe the same server: loopback only, no delays or limits a test would trip over, the
folders Sent, Drafts, Trash and Archive with their SPECIAL-USE marks.
"""

from dataclasses import dataclass
from pathlib import Path

_WITHOUT_IDLE = "IMAP4rev1 SASL-IR LITERAL+ ENABLE UIDPLUS SPECIAL-USE UNSELECT"
_NO_IDLE_2_4 = "imap_capability {\n  IDLE = no\n}"
_CHROOTED = ("stats", "imap-urlauth-login", "managesieve-login")
_FOLDERS = ("Sent", "Drafts", "Trash", "Archive")


@dataclass(frozen=True, slots=True)
class Limits:
    """What a server of the real world would not give: 0 is without limit."""

    connections: int = 0
    """of one user at a time"""
    messages: int = 0
    """in one mailbox"""


UNLIMITED = Limits()


@dataclass(frozen=True, slots=True)
class Owners:
    """Who runs what: the services, the log-in processes, the mail processes."""

    user: str
    group: str
    login: str
    mail_user: str
    mail_group: str


def config_2_3(
    folder: Path,
    port: int,
    imaps: int,
    owners: Owners,
    *,
    tls: bool,
    token_url: str | None,
    idle: bool,
    limits: Limits = UNLIMITED,
) -> dict[str, str]:
    """File name -> content, for Dovecot 2.3."""
    mechanisms = "plain login" + (" xoauth2 oauthbearer" if token_url else "")
    oauth = f"""\
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {folder}/oauth2.conf
}}
"""
    certificate = f"ssl_cert = <{folder}/cert.pem\nssl_key = <{folder}/key.pem\n"
    files = {
        "dovecot.conf": f"""\
{_common(folder, owners, limits, tls=tls)}
disable_plaintext_auth = no
auth_mechanisms = {mechanisms}
mail_uid = {owners.mail_user}
mail_gid = {owners.mail_group}
mail_location = maildir:~/Maildir
{certificate if tls else ""}
{"" if idle else f"imap_capability = {_WITHOUT_IDLE}"}
{_quota_2_3(limits) if limits.messages else ""}
{oauth if token_url else ""}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {folder}/users
}}
userdb {{
  driver = static
  args = uid={owners.mail_user} gid={owners.mail_group} home={folder}/mail/%u
}}
{_namespace_and_services(port, imaps, tls=tls)}"""
    }
    if token_url:
        files["oauth2.conf"] = (
            f"tokeninfo_url = {token_url}\nintrospection_mode = auth\nusername_attribute = email\n"
            "active_attribute = active\nactive_value = true\n"
        )
    return files


def config_2_4(
    folder: Path,
    port: int,
    imaps: int,
    owners: Owners,
    *,
    tls: bool,
    token_url: str | None,
    idle: bool,
    limits: Limits = UNLIMITED,
) -> dict[str, str]:
    """File name -> content, for Dovecot 2.4."""
    mechanisms = "plain login" + (" xoauth2 oauthbearer" if token_url else "")
    certificate = f"ssl_server_cert_file = {folder}/cert.pem\nssl_server_key_file = {folder}/key.pem\n"
    oauth = f"""\
oauth2 {{
  introspection_mode = auth
  introspection_url = {token_url}
  username_attribute = email
  active_attribute = active
  active_value = true
}}
"""
    return {
        "dovecot.conf": f"""\
dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
{_common(folder, owners, limits, tls=tls)}
auth_allow_cleartext = yes
auth_mechanisms = {mechanisms}
mail_uid = {owners.mail_user}
mail_gid = {owners.mail_group}
mail_driver = maildir
mail_path = ~/Maildir
{certificate if tls else ""}
{"" if idle else _NO_IDLE_2_4}
{_quota_2_4(limits) if limits.messages else ""}
{oauth if token_url else ""}
passdb passwd-file {{
  passwd_file_path = {folder}/users
}}
userdb static {{
  fields {{
    uid = {owners.mail_user}
    gid = {owners.mail_group}
    home = {folder}/mail/%{{user}}
  }}
}}
{_namespace_and_services(port, imaps, tls=tls)}"""
    }


def _quota_2_3(limits: Limits) -> str:
    return f"""\
mail_plugins = quota
plugin {{
  quota = count:User quota
  quota_vsizes = yes
  quota_rule = *:messages={limits.messages}
}}"""


def _quota_2_4(limits: Limits) -> str:
    return f"""\
mail_plugins {{
  quota = yes
}}
quota "User quota" {{
  quota_message_count = {limits.messages}
}}"""


def _common(folder: Path, owners: Owners, limits: Limits, *, tls: bool) -> str:
    home = folder / "mail"
    return f"""\
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
info_log_path = {folder}/dovecot.log
instance_name = agentdesk-test
protocols = imap
listen = 127.0.0.1
ssl = {"yes" if tls else "no"}
auth_failure_delay = 0
mail_max_userip_connections = {limits.connections}
default_internal_user = {owners.user}
default_internal_group = {owners.group}
default_login_user = {owners.login}
first_valid_uid = 0
first_valid_gid = 0
mail_home = {home}/%{{user}}
mail_fsync = never
mailbox_list_index = yes
mailbox_idle_check_interval = 5 secs
imap_idle_notify_interval = 29 mins
maildir_stat_dirs = no"""


def _namespace_and_services(port: int, imaps: int, *, tls: bool) -> str:
    folders = "".join(
        f"  mailbox {name} {{\n    auto = subscribe\n    special_use = \\{name}\n  }}\n" for name in _FOLDERS
    )
    # an unprivileged server may not chroot; without the penalty a wrong password slows nobody down
    services = "".join(f"service {name} {{\n  chroot =\n}}\n" for name in _CHROOTED)
    return f"""\
namespace inbox {{
  inbox = yes
  separator = /
{folders}}}
service imap-login {{
  chroot =
  process_min_avail = 0
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = {"yes" if tls else "no"}
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
{services}"""
