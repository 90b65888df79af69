"""Asking a real device what no recording tells, and a report of it that may be shown to anybody.

    report                        what was found, as JSON and as text
      survey                      all questions in order; the relay is put back
        clocks, tables, module,   one file per question or group: what is sent, and a
        ports, strangers, busy,   pure function from what came back to a verdict
        lifetime, rhythm
          talk                    one device, asked from two of our ports
          finding                 verdict and evidence, with nothing private in either

Nothing here writes the settings of a device. What could only be found out by writing is not asked:
whether `tm` and `cs` need a subscription.
"""

from .finding import Finding
from .report import Report
from .subject import Subject
from .survey import NOT_RESTORED, QUESTIONS, Question, survey

__all__ = ["NOT_RESTORED", "QUESTIONS", "Finding", "Question", "Report", "Subject", "survey"]
