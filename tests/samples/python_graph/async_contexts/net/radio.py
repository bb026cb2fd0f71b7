"""Not a connection, though it answers to the same words."""


class Radio:
    def ping(self):
        return False

    def dial(self):
        return "dial"

    def request(self, path):
        return path

    def shut(self):
        return self.decode_body()

    def decode_body(self):
        return "noise"
