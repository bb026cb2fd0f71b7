"""Run from a shell."""

from codec.compat import encode


def announce(data):
    return f"first {data}"


def main():
    return announce(encode(b"ab"))


def announce(data):
    return f"second {data}"


if __name__ == "__main__":
    main()
