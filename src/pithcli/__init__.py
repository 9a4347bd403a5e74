"""The `pith` command: terminal, files and network around `pithcore`.

Everything that decides anything is in `pithcore`; here is what it may not do: read files and
standard input, ask servers, and print. Only the standard library is needed; `rich` (colour)
and `cryptography` (a second opinion on signatures) are used where they are installed.
"""
