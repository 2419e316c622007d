"""An agenda for phones: what is due, as an iCalendar file of events that last all day, with alarms.

Source of the form: RFC 5545. What is open wakes at nine in the morning, on the day when it becomes due soon and on the
due date.
"""

from __future__ import annotations

import datetime
import uuid
from typing import TYPE_CHECKING, Any

from fupin.deferred import pl
from fupin.errors import DataError

if TYPE_CHECKING:
    from icalendar import Component

_OPEN = ("due", "upcoming")
_MORNING = datetime.timedelta(hours=9)
_DAY = datetime.timedelta(days=1)


def agenda(obligations: pl.DataFrame, name: str, today: datetime.date, soon: int) -> bytes:
    """What is due, for a phone.

    Args:
        obligations: task, unit, due, done, status, and `mark`, which tells those of a task and unit apart also when
            a date changes: with it an event keeps its UID, so that a phone which reads the agenda again moves it.
        name: what the phone calls the agenda.
        today: the day of which this is the state.
        soon: so many days before its date an obligation wakes for the first time.

    Returns:
        the bytes of an .ics file; the same for the same obligations.

    Raises:
        DataError: icalendar is not there.
    """
    try:
        import icalendar
    except ImportError:
        raise DataError("--ics needs icalendar: pip install 'fupin[calendar]'") from None

    stamp = datetime.datetime.combine(today, datetime.time(), datetime.UTC)
    alarms = [_MORNING - days * _DAY for days in sorted({soon, 0}, reverse=True)]
    calendar = icalendar.Calendar()
    _fill(calendar, VERSION="2.0", PRODID="-//fupin//deadlines//EN", NAME=name, **{"X-WR-CALNAME": name})
    for one in obligations.rows(named=True):
        event, due = icalendar.Event(), one["due"]
        title = " ".join(filter(None, (one["task"], one["unit"])))
        identity = "\0".join((one["task"], one["unit"] or "", one["mark"]))
        _fill(
            event, UID=str(uuid.uuid5(uuid.NAMESPACE_OID, f"fupin\0{identity}")), DTSTAMP=stamp, DTSTART=due,
            SUMMARY=title, DESCRIPTION=" ".join(filter(None, (one["status"], one["done"] and str(one["done"])))),
            TRANSP="TRANSPARENT",
        )  # fmt: skip
        if due < datetime.date.max:
            _fill(event, DTEND=due + _DAY)
        for trigger in alarms if one["status"] in _OPEN else ():
            alarm = icalendar.Alarm()
            _fill(alarm, ACTION="DISPLAY", DESCRIPTION=title, TRIGGER=trigger)
            event.add_component(alarm)
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _fill(component: Component, **properties: Any) -> None:
    """Give a component its properties."""
    for name, value in properties.items():
        component.add(name, value)
