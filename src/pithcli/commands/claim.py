"""`pith claim`: an author's claim on a record, by a key of the author's own."""

from __future__ import annotations

from pithcli import say
from pithcli.commands.bundle import bundled
from pithcli.commands.event import signed_event, subject_of
from pithcli.exits import Exit
from pithcli.inputs import STDIN, is_file, load_file
from pithcli.output import json_line, put_text
from pithcli.parts import Parts, parts_of
from pithcli.problem import Problem, usage
from pithcli.signing import own_signer, time_of
from pithcore import PITH_KEYRING, OrcidError, PithError, PithNumber, canonical_digest, number_of
from pithcore.events import AUTHOR_CLAIM, WITHDRAWAL, is_event_id
from pithcore.orcid import orcid_url, parse_orcid
from pithcore.record import member, schema_problems, text_member
from pithcore.typed import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

    from pithcli.arguments import Subparsers
    from pithcli.signing import Signer
    from pithcore.reading import JSON

_ABOUT = """\
Claim a record for an ORCID iD: one signed event, by a key that names itself
(a did:key). Nothing is sent anywhere. The author then lists the key in the
ORCID record, and readers ask ORCID: pith verify --orcid.

It shows that the holders of the key and of the iD agree. It does not show that
this person wrote the paper: anybody with an iD can claim any record.

RECORD is a record, any document with one, or - for standard input."""

_MORE = """\
examples:
  pith keygen author=author.pem
  pith claim record.json --orcid 0000-0002-1825-0097 --key author.pem
  pith claim bundle.json --orcid 0000-0002-1825-0097 --key author.pem \\
    --into bundle.json
  pith claim --revoke claim.json --key author.pem --into bundle.json
  pith claim bundle.json --revoke sha256:… --key author.pem"""


def add(subparsers: Subparsers) -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser(
        "claim", help="claim a record as its author", description=_ABOUT, epilog=_MORE
    )
    parser.add_argument("record", metavar="RECORD", nargs="?", help="what is claimed, see above")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--orcid", metavar="ID", help="the author's ORCID iD")
    what.add_argument(
        "--revoke", metavar="EVENT", help="take a claim back: its event's file, or its event id"
    )
    parser.add_argument("--key", metavar="FILE", required=True, help="the private PEM file")
    parser.add_argument("--signer", metavar="NAME", help="who signs (the key's did:key)")
    parser.add_argument("--at", metavar="TIME", help="UTC time of the event (now)")
    parser.add_argument("--out", metavar="FILE", help="write to a file instead of printing")
    parser.add_argument(
        "--into", metavar="BUNDLE", help="also put the event into this bundle's file"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Exit:
    """Make the claim or its withdrawal, print it, and say what to do with it."""
    if arguments.into == STDIN:
        raise usage("--into is the file of a bundle, which is written again with the event in it.")
    signer = own_signer(_key_file(arguments.key), arguments.signer)
    created_at = time_of(arguments.at)
    if arguments.revoke is None:
        event = _claim(arguments, signer, created_at)
    else:
        event = _withdrawal(arguments, signer, created_at)
    if arguments.into is not None:
        put_text(_with(arguments.into, event), arguments.into)
    if arguments.into is None or arguments.out is not None:
        put_text(json_line(event), arguments.out)
    if arguments.revoke is None:
        _say_how_to_publish(event)
    return Exit.VERIFIED


def _key_file(option: str) -> str:
    """`FILE`; `did:key=FILE` too, as `pith event` has it."""
    key_id, equals, name = option.partition("=")
    if not equals or is_file(option):
        return option
    if key_id == "did:key":
        return name
    raise usage(
        f"--key {option}: a claim's key is named by its own did:key, so it needs no id.",
        hint=f"It looks like --key {name or 'author.pem'}",
    )


def _claim(arguments: argparse.Namespace, signer: Signer, created_at: str) -> dict[str, JSON]:
    try:
        orcid = parse_orcid(arguments.orcid)
    except OrcidError as error:
        raise usage(f"--orcid: {error}") from None
    if arguments.record is None:
        raise usage("What is claimed? RECORD is missing.")
    number, record = subject_of(arguments.record)
    if record is None:
        raise usage(
            "A claim holds the digest of the record it is about; a number is not enough.",
            hint="Give the record's file, which pith verify has found to be in order.",
        )
    payload: dict[str, JSON] = {
        "canonical_sha256": canonical_digest(record).hex(),
        "orcid": orcid_url(orcid),
        "did_key": signer.key.key_id,
    }
    return signed_event(AUTHOR_CLAIM, number, payload, signer, created_at, signer_type="author")


def _withdrawal(arguments: argparse.Namespace, signer: Signer, created_at: str) -> dict[str, JSON]:
    number, event_id = _taken_back(arguments, signer)
    return signed_event(WITHDRAWAL, number, {"event_id": event_id}, signer, created_at)


def _taken_back(arguments: argparse.Namespace, signer: Signer) -> tuple[PithNumber, str]:
    """The record's number and the id of the claim that is to be taken back."""
    if not is_event_id(arguments.revoke):
        found = _only_claim(arguments.revoke, signer)
        number = _subject(found, arguments.revoke)
        if arguments.record is not None and subject_of(arguments.record)[0] != number:
            raise Problem(f"The claim in {arguments.revoke} is on {number}, not on this record.")
        return number, _event_id(found, arguments.revoke)
    if arguments.record is None:
        raise usage(
            "A withdrawal names its record too, and an event id does not say which one it is.",
            hint="Give the record or its full number as RECORD, or the claim's file to --revoke.",
        )
    number, _ = subject_of(arguments.record)
    events = parts_of(load_file(arguments.record)).events if _is_readable(arguments.record) else ()
    named = [one for one in events if text_member(one, "event_id") == arguments.revoke]
    for one in named:
        _refuse_others(one, signer, arguments.record)
    if not named:
        say.note(
            f"{arguments.record} does not carry that event. The withdrawal counts only where it "
            "stands beside a claim by the same key."
        )
    return number, arguments.revoke


def _is_readable(argument: str) -> bool:
    return argument != STDIN and is_file(argument)


def _only_claim(name: str, signer: Signer) -> JSON:
    """The one claim by this key in a file of an event, several events, or a bundle."""
    events = parts_of(load_file(name)).events
    claims = [one for one in events if text_member(one, "event_type") == AUTHOR_CLAIM]
    if not claims:
        raise Problem(f"{name} holds no author claim, so there is nothing to take back.")
    own = [one for one in claims if member(one, "signer", "key_id") == signer.key.key_id]
    if not own:
        _refuse_others(claims[0], signer, name)
    if len({text_member(one, "event_id") for one in own}) > 1:
        listed = ", ".join(sorted(str(member(one, "event_id")) for one in own))
        raise Problem(
            f"{name} holds {len(own)} claims by this key: {listed}.",
            hint="pith claim RECORD --revoke EVENT-ID says which one is meant.",
        )
    return own[0]


def _refuse_others(event: JSON, signer: Signer, name: str) -> None:
    key_id = text_member(event, "signer", "key_id")
    if key_id != signer.key.key_id:
        raise Problem(
            f"The claim in {name} is by {key_id or 'nobody'}, and this key is "
            f"{signer.key.key_id}: only its own key can take a claim back.",
            code=Exit.FAILED,
        )


def _subject(event: JSON, name: str) -> PithNumber:
    try:
        return PithNumber.parse(text_member(event, "subject_pith_number") or "")
    except PithError:
        raise Problem(f"The claim in {name} does not say which record it is about.") from None


def _event_id(event: JSON, name: str) -> str:
    event_id = member(event, "event_id")
    if not (isinstance(event_id, str) and is_event_id(event_id)):
        raise Problem(f"The claim in {name} states no event_id that could be taken back.")
    return event_id


def _with(name: str, event: dict[str, JSON]) -> str:
    """The bundle in a file with the event in it."""
    source = load_file(name)
    bundle = parts_of(source)
    subject = text_member(event, "subject_pith_number")
    for record in bundle.records:
        if schema_problems(record):
            break  # `bundled` says what is wrong with it
        if str(number_of(record)) != subject:
            raise Problem(
                f"{name} is of {number_of(record)}, and the event is about {subject}, so it was "
                "not put in.",
                code=Exit.FAILED,
            )
    return bundled([bundle, Parts(source, is_document=False, events=(event,))], PITH_KEYRING)


def _say_how_to_publish(event: dict[str, JSON]) -> None:
    url, did = (text_member(event, "payload", name) for name in ("orcid", "did_key"))
    say.note(
        f"To have ORCID confirm the claim, sign in there and add the key to the websites of {url}: "
        f"{did} (or, where the form takes only web addresses, one that ends in it, such as "
        f"https://pith.science/#{did})."
    )
    say.note(
        "Readers then see, with pith verify --orcid, that whoever holds the iD's account and the "
        "key agree with each other. They do not see that this person wrote the paper: anybody "
        "with an iD can claim any record."
    )
