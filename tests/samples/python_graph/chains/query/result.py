"""What a query gives."""


class Row:
    def __init__(self, text):
        self.text = text

    def show(self):
        return self.text


class Result:
    def __init__(self, rows):
        self.rows = rows

    def first_row(self) -> Row | None:
        return Row(self.rows[0]) if self.rows else None

    def count_rows(self) -> int:
        return len(self.rows)
