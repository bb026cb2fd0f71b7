"""Units of measure."""


def celsius(kelvin):
    return kelvin - 273.15


def kelvin(celsius):
    return celsius + 273.15
