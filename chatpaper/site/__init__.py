"""A static site of all posts, made of their JSON twins alone.

Days, topics, papers, authors and a calendar; no page needs a script to be read. What
changed since the last time is made anew, and nothing is published that the gate finds
incomplete.
"""

from chatpaper.site.building import SiteReport, SiteSettings, build_site
from chatpaper.site.catalogue import catalogue_of
from chatpaper.site.gate import faults_of
from chatpaper.site.made import Written, read_made
from chatpaper.site.searching import bundles_of

__all__ = [
    "SiteReport",
    "SiteSettings",
    "Written",
    "build_site",
    "bundles_of",
    "catalogue_of",
    "faults_of",
    "read_made",
]
