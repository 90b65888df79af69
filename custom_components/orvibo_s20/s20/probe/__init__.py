"""Questions to a real device that no recording answers, and a report that anybody may see.

    report                        all findings, as JSON and as text
      survey                      all questions in order; the relay is put back
        clocks, table_lengths,    one file per question or group: what is sent, and a
        module, ports, busy,      pure function from what came back to a verdict
        strangers, lifetime,
        rhythm
          subject                 the device that is asked, from two of our ports
          finding                 verdict and evidence, with nothing private in either

Nothing here writes into the storage of a device. So one question is left open:
whether `tm` and `cs` need a subscription.
"""

from .finding import Finding
from .report import Report
from .subject import Subject
from .survey import NOT_RESTORED, QUESTIONS, Question, survey

__all__ = ["NOT_RESTORED", "QUESTIONS", "Finding", "Question", "Report", "Subject", "survey"]
