"""A picture of the button, for the front end to show inside a text.

The front end shows images out of a text itself, and Home Assistant serves no files of a custom
integration but its icons and logos.
"""

from base64 import b64encode
from typing import Final

_SVG: Final = """\
<svg xmlns="http://www.w3.org/2000/svg" width="220" height="120" viewBox="0 0 220 120">
<rect x="6" y="6" width="108" height="108" rx="22" fill="#f4f6f8" stroke="#7d8b94"/>
<circle cx="60" cy="66" r="34" fill="#fff" stroke="#7d8b94" stroke-width="3"/>
<circle cx="48" cy="66" r="6" fill="#4a565e"/><circle cx="72" cy="66" r="6" fill="#4a565e"/>
<circle cx="60" cy="20" r="8" fill="#e02b20"/>
<path d="M42 14 36 10M42 24 35 27M78 14 84 10M78 24 85 27" stroke="#e02b20" stroke-width="3"/>
<path d="M74 20H140" stroke="#0a7ea8" stroke-width="3" stroke-dasharray="4 4"/>
<circle cx="168" cy="44" r="26" fill="none" stroke="#0a7ea8" stroke-width="5"/>
<path d="M168 28V44L179 50" fill="none" stroke="#0a7ea8" stroke-width="5"/>
<text x="168" y="102" font-family="sans-serif" font-size="26" text-anchor="middle" fill="#0a7ea8">
5 s</text>
</svg>"""

BUTTON_PICTURE: Final = f"![](data:image/svg+xml;base64,{b64encode(_SVG.encode()).decode()})"
