"""A headless Chromium, spoken to over WebDriver with the standard library; where it is not installed, nothing here works.

with Browser.start() as browser:
    browser.open(path.as_uri())
    browser.run("return document.title")
"""

import base64
import contextlib
import json
import re
import shutil
import subprocess
import tempfile
import time
import urllib.request

DRIVER = shutil.which("chromedriver")
CHROMIUM = shutil.which("chromium")
PATIENCE_S = 30.0

_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)


class Browser:
    """One window of one browser."""

    def __init__(self, base):
        self._base = base

    @classmethod
    @contextlib.contextmanager
    def start(cls):
        """A browser that ends with the block, and leaves neither a process nor a file."""
        with tempfile.TemporaryDirectory(prefix="sabir-browser-") as profile, _driver() as port:
            options = {"binary": CHROMIUM, "args": [*_FLAGS, f"--user-data-dir={profile}"]}
            wanted = {"browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}
            base = f"http://127.0.0.1:{port}/session"
            browser = cls(f"{base}/{_call('POST', base, {'capabilities': {'alwaysMatch': wanted}})['sessionId']}")
            try:
                yield browser
            finally:
                _call("DELETE", browser._base)

    def open(self, url):
        self._post("url", {"url": url})

    def run(self, script, *arguments):
        """What a piece of JavaScript returns."""
        return self._post("execute/sync", {"script": script, "args": list(arguments)})

    def wait(self, script):
        """Wait until a piece of JavaScript returns something that is true; what it returns."""
        deadline = time.monotonic() + PATIENCE_S
        while not (found := self.run(script)):
            assert time.monotonic() < deadline, f"never true: {script}"
        return found

    def click(self, selector):
        """A click where a person would: what is covered by something else cannot be hit."""
        self._post(f"element/{self._find(selector)}/click", {})

    def type(self, selector, text):
        self._post(f"element/{self._find(selector)}/value", {"text": text})

    def text(self, selector):
        """What can be read there; what is hidden cannot."""
        return _call("GET", f"{self._base}/element/{self._find(selector)}/text")

    def count(self, selector):
        return self.run("return document.querySelectorAll(arguments[0]).length", selector)

    def size(self, width, height):
        """A screen of that many pixels, however small."""
        self._devtools("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600)

    def colours(self, scheme):
        """`dark` or `light`, as the user's system would say."""
        self._devtools("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def screenshot(self, path):
        path.write_bytes(base64.b64decode(_call("GET", f"{self._base}/screenshot")))

    def complaints(self):
        """What the browser's console has to say against the page."""
        return [entry["message"] for entry in self._post("se/log", {"type": "browser"})]

    def requests(self):
        """Every address that the page has asked for since the last time."""
        messages = [json.loads(entry["message"])["message"] for entry in self._post("se/log", {"type": "performance"})]
        return [message["params"]["request"]["url"] for message in messages if message["method"] == "Network.requestWillBeSent"]

    def _find(self, selector):
        return next(iter(self._post("element", {"using": "css selector", "value": selector}).values()))

    def _devtools(self, command, **parameters):
        self._post("goog/cdp/execute", {"cmd": command, "params": parameters})

    def _post(self, path, body):
        return _call("POST", f"{self._base}/{path}", body)


@contextlib.contextmanager
def _driver():
    """The TCP port of a chromedriver of our own."""
    process = subprocess.Popen([DRIVER, "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        for line in process.stdout:
            found = re.search(r"started successfully on port (\d+)", line)
            if found:
                yield int(found.group(1))
                return
        raise AssertionError("chromedriver has not started")
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def _call(method, url, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["value"]
    except urllib.error.HTTPError as error:
        raise AssertionError(f"{method} {url}: {json.load(error)['value']['message']}") from None
