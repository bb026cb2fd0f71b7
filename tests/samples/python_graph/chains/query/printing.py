"""A printer, whose words are those of queries and rows."""


class Printer:
    def where(self, name):
        return "here"

    def order(self, name):
        return "in order"

    def limit(self, number):
        return number

    def run(self):
        return self.show()

    def first_row(self):
        return self.where("paper")

    def count_rows(self):
        return 0

    def show(self):
        return "printed"

    def text(self):
        return "text"
