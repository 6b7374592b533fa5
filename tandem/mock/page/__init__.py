"""The page at `/__tandem`: everything the mock knows and can do, for people. Its forms work without JavaScript."""

from tandem.mock.page.visits import serve_page

__all__ = ["serve_page"]
