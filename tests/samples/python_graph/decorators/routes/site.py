"""A site, whose functions are wrapped."""

from functools import lru_cache

from routes import wrapping
from routes.wrapping import Router, logged, registered, retry

router = Router()
TIMES = 2


def limit():
    return TIMES


@logged
def home():
    return page("home")


@wrapping.logged
@retry(limit())
def about():
    return page("about")


@router.route("/contact")
def contact():
    return page("contact")


@router.default
def missing():
    return page("missing")


@lru_cache(maxsize=None)
def page(name):
    return f"<h1>{name}</h1>"


@registered
class Admin:
    @logged
    def login(self):
        return self.check("root")

    @retry(3)
    def check(self, name):
        return home() + name


def visit():
    admin = Admin()
    admin.login()
    return home() + about() + contact() + missing()
