"""The look that all of Tandem's pages share: one base template, one stylesheet, one small script. Works offline."""

from tandem.web.site import Asset, Site

__all__ = ["Asset", "Site"]
