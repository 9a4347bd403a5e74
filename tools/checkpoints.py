"""Make `src/pithcore/timestamp/mainnet.py` again: `python tools/checkpoints.py [PACKAGE.deb]`.

The checkpoints are those of Debian's package `python3-electrum`. Unless a copy is named, the
newest one is fetched with apt, from the mirror this machine uses and under Debian's signature;
apt's own lists stay as they are. The package is read, not installed.
"""

from __future__ import annotations

import io
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from pithcore import PithError
from pithcore.timestamp.checkpoints import format_checkpoints, parse_electrum

PACKAGE = "python3-electrum"
SUITE = "sid"
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
CHECKPOINTS = re.compile(r"\./usr/lib/.*/electrum/(chains/mainnet/)?checkpoints\.json")
COPYRIGHT = re.compile(rf"\./usr/share/doc/{PACKAGE}/copyright")
TARGET = Path(__file__).resolve().parents[1] / "src" / "pithcore" / "timestamp" / "mainnet.py"

MODULE = '''"""Bitcoin's checkpoints, read by `checkpoints.py`. Made by `tools/checkpoints.py`.

From Electrum's `checkpoints.json`, as Debian's package
{package} {version} has it.
Copyright {holder}; Expat licence.
"""

from __future__ import annotations

TABLE = b"""\\
{table}"""
'''


def main(arguments: list[str]) -> int:
    """Read the package and write the module, or say in a sentence what is wrong."""
    try:
        with tempfile.TemporaryDirectory() as folder:
            source = module(Path(arguments[0]) if arguments else download(Path(folder)))
    except (OSError, subprocess.CalledProcessError, tarfile.TarError, LookupError) as error:
        print(f"error: the package could not be read: {error}", file=sys.stderr)
        return 1
    except PithError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    TARGET.write_text(source, encoding="ascii")
    print(f"{TARGET.name}: {len(source):,} bytes")
    return 0


def download(folder: Path) -> Path:
    """Fetch the package into the folder and return its path."""
    ask = ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"]
    mirrors = subprocess.run(ask, check=True, capture_output=True, text=True).stdout.split()
    mirror = next((uri for uri in mirrors if uri.rstrip("/").endswith("/debian")), None)
    if mirror is None:
        raise LookupError("apt has no mirror of Debian; name a copy of the package")
    (folder / "lists" / "partial").mkdir(parents=True)
    (folder / "sources.list").write_text(f"deb [signed-by={KEYRING}] {mirror} {SUITE} main\n")
    apt = ["apt-get", "--quiet"]
    for name, value in {
        "Dir::Etc::sourcelist": folder / "sources.list",
        "Dir::Etc::sourceparts": folder / "none",
        "Dir::State::lists": folder / "lists",
        "Dir::Cache": folder,
    }.items():
        apt += ["-o", f"{name}={value}"]
    subprocess.run([*apt, "update"], cwd=folder, check=True)
    subprocess.run([*apt, "download", PACKAGE], cwd=folder, check=True)
    return next(folder.glob(f"{PACKAGE}_*.deb"))


def module(package: Path) -> str:
    """The module's source, from a package."""
    version = output("dpkg-deb", "--field", str(package), "Version").decode().strip()
    with tarfile.open(
        fileobj=io.BytesIO(output("dpkg-deb", "--fsys-tarfile", str(package)))
    ) as tar:
        table = parse_electrum(read(tar, CHECKPOINTS))
        holder = holder_of(read(tar, COPYRIGHT).decode("utf-8"))
    return MODULE.format(
        package=PACKAGE,
        version=version,
        holder=holder,
        table=format_checkpoints(table).decode("ascii"),
    )


def output(*command: str) -> bytes:
    """What a program prints."""
    return subprocess.run(command, check=True, capture_output=True).stdout


def read(tar: tarfile.TarFile, name: re.Pattern[str]) -> bytes:
    """The one file of that name."""
    found = [member for member in tar if name.fullmatch(member.name) and member.isfile()]
    if len(found) != 1:
        raise LookupError(f"{len(found)} files are named {name.pattern}")
    content = tar.extractfile(found[0])
    assert content is not None
    return content.read()


def holder_of(copyright_file: str) -> str:
    """Years and name of the developers. `LookupError` unless their licence is Expat."""
    paragraph = copyright_file.partition("\nFiles: *\n")[2].partition("\n\n")[0]
    holder = re.search(r"[0-9][0-9, -]* The Electrum Developers", paragraph)
    if holder is None or not re.search(r"^License: Expat$", paragraph, re.MULTILINE):
        raise LookupError("its files are no longer the Electrum developers', under Expat")
    return holder.group()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
