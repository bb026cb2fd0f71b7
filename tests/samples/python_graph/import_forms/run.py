"""Write a report."""

import weather.reports.daily
import weather.stations as st
import weather.units
from weather.reports import daily as day


def everything():
    day.write("out", ["north-1"])
    weather.reports.daily.late("north-1")
    return weather.units.celsius(st.Station("south-2", 290.0).kelvin)


def shadowed(weather):
    return weather.units.kelvin(1)


if __name__ == "__main__":
    everything()
