"""The real front end in a real browser: what an owner of sockets does there, and pictures of it.

`python -m tests.system.browser` does it all in a network of its own and says how it went.

__main__.py   the order of the journeys, and what is left behind when one fails
adding.py     by search, by address, by the card of a socket that announces itself
using.py      a dashboard that is never reloaded: switching, the button, the plug
keeping.py    diagnostics, another address, removal
repairing.py  the busy port
planning.py   timers on the calendar page, which switch without Home Assistant
calendar_page.py, event_form.py, question.py: what is on that page
visit.py      who is there, and where things are in the front end
chromium.py   the browser, its user logged in, and what it complains of
camera.py     the pictures of the documentation
"""
