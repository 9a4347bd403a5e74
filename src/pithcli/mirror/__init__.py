"""Static mirrors: a folder that any web server can serve, and the comparison of several.

`build` puts verified bundles into a folder, `check` asks mirrors and says how they stand to each
other. What a mirror must look like is in `layout` and docs/mirrors.md.
"""
