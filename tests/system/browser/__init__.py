"""The real front end in a real browser: what an owner of sockets does there, and pictures of it.

`python -m tests.system.browser` does it all in a network of its own and says how it went.

__main__.py   the order of the journeys, and what is left behind when one fails
adding.py     by search, by address, by the card of a socket that announces itself
using.py      a dashboard that is never reloaded: switching, the button, the plug
keeping.py    diagnostics, another address, removal
automating.py what is done after a power cut, and an automation that a double press starts
repairing.py  the busy port
planning.py   a week on the calendar page, which switches without Home Assistant; clock and zone
changing.py   events of all kinds changed and deleted, all questions of the page answered
visit.py      who is there, and where things are in the front end
owner.py      who is there on the calendar page, and looks into the socket after each change
calendar_page.py, event_form.py, question.py, event.py: what is there
chromium.py   the browser, its user logged in, and what it complains of
camera.py     the pictures of the documentation
"""
