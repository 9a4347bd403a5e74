"""Links between records: gathered from bundles, and written as DOT or JSON-LD."""
