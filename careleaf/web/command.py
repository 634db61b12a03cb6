"""`serve`: the page at the desk."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from careleaf.desk.options import open_desk, option, rooted, today


@click.command()
@option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@option("--port", type=int, default=8765, show_default=True, help="Port to listen at.")
@option(
    "--token",
    default="",
    help="A secret that staff sign in with; better given as CARELEAF_TOKEN, which no one sees.",
)
@option(
    "--public-url", default="", metavar="URL", help="The site's address behind a reverse proxy."
)
@option(
    "--allow-origin",
    multiple=True,
    metavar="URL",
    help="A site whose pages may read /infobutton, /blank and the API. Repeat for several.",
)
@option(
    "--allow-frame",
    multiple=True,
    metavar="URL",
    help="A site that may show the page in a frame, such as the EHR. Repeat for several.",
)
@option(
    "--open-links/--no-open-links",
    default=True,
    help="Answer /infobutton and /blank, which hold no child, without the token [default: yes].",
)
@option(
    "--jobs",
    type=click.IntRange(0, 64),
    default=0,
    help="Processes that make sheets [default: one a processor].",
)
@option("--stencil/--no-stencil", default=True, help="Lay out once for all children, or each anew.")
@rooted
def serve(
    host: str,
    port: int,
    token: str,
    public_url: str,
    allow_origin: tuple[str, ...],
    allow_frame: tuple[str, ...],
    open_links: bool,
    jobs: int,
    stencil: bool,
    root: Path | None,
    clinic: Path | None,
) -> None:
    """Serve the page for staff, the JSON API, and the doors for an EHR."""
    from careleaf.web.app import create_app
    from careleaf.web.server import serve as run
    from careleaf.web.settings import settings

    desk = open_desk(root, clinic)
    chosen = settings(
        host=host,
        port=port,
        token=token,
        trusted_header=desk.content.clinic.trusted_header or "",
        public_url=public_url,
        jobs=jobs,
        allow_origins=allow_origin,
        allow_frames=allow_frame,
        open_links=open_links,
    )
    app = create_app(desk.content.root, chosen, today, use_stencil=stencil)
    if not chosen.is_loopback and not chosen.is_https:
        click.echo(
            "names travel over the network unencrypted\n"
            "  put a proxy with TLS before the page (docs/install.md), and give --public-url",
            err=True,
        )
    run(app, chosen, partial(click.echo, err=True))
