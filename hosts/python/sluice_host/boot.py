"""The host's loop: frames in, runs, frames out."""

import collections
import gc
import http.client
import json
import os
import sys
import time
import types

from . import children, errors, event, hygiene, maps, python2, scripts, watch
from .api import Api
from .channel import Channel, Closed, encode
from .codec import Codec
from .leftovers import Leftovers
from .limits import Alarm, Memory, bound_recursion
from .output import Output

_exit = os._exit
_HELLO, _DONE = ord("H"), ord("D")
_SLOW_S = 0.001  # a run that takes longer must not hold back the replies before it
_CHECK_EVERY = 256  # runs between looks at the memory
_MAX_GROWTH = 128 << 20  # resident bytes above the first look: time for a fresh process


class Host:
    def __init__(self, channel):
        self.channel = channel
        self.waiting = collections.deque()
        self.scripts = {}
        self.running = 0
        self.runs = 0
        self.config = b"{}"
        self.reads_text = False
        self.forked = False
        self.grown_from = None
        self.retire = None
        self.out = sys.stdout = Output(channel, "info")
        self.err = sys.stderr = Output(channel, "warn")
        self.memory = Memory()
        self.leftovers = Leftovers(channel.descriptor)
        self.alarm = Alarm(channel, self._give_up)
        bound_recursion()
        sys.modules.update(maps.stand_ins())
        sys.modules["__main__"] = types.ModuleType("__main__")
        os._exit = self._refuse_exit
        os.register_at_fork(after_in_child=self._in_child)
        os.set_inheritable(channel.descriptor, False)
        self.scope = self._scope()
        self.watch = watch.Watch()
        self.keeper = hygiene.Keeper(
            [maps.Map, maps.Lazy, Api, Output, *errors.NAMES.values()], _own_modules()
        )

    @staticmethod
    def _scope():
        """The globals that every script starts with."""
        munch, bunch = sys.modules["munch"], sys.modules["bunch"]
        scope = {
            "__builtins__": __builtins__,
            "__name__": "__main__",
            "json": json,
            "http": http,
            "httplib": http.client,
            "munchify": munch.munchify,
            "unmunchify": munch.unmunchify,
            "bunchify": bunch.bunchify,
            "unbunchify": bunch.unbunchify,
        }
        scope.update(errors.NAMES)
        return scope

    # -- the process ---------------------------------------------------------------------------

    def _refuse_exit(self, code=0):
        if self.forked:
            _exit(code)
        raise errors.Exit("The script called os._exit(%s)." % code)

    def _in_child(self):
        # A forked child belongs to the script: it must never speak to the server.
        self.forked = True
        try:
            os.close(self.channel.descriptor)
        except OSError:
            pass

    def _give_up(self, error):
        """The script swallows the alarm: answer for it and leave."""
        if self.forked:
            _exit(1)
        head = {"run": self.running, "error": errors.describe(error, ""), "retire": "wall limit"}
        if not self.channel.held:
            self.channel.queue(encode(_DONE, head))
            try:
                self.channel.flush()
            except Closed:
                pass
        _exit(1)

    # -- frames --------------------------------------------------------------------------------

    def serve(self):
        channel = self.channel
        take = {
            ord("R"): self._run,
            ord("L"): self._load,
            ord("K"): self._check,
            ord("U"): self._unload,
            ord("P"): self._ping,
            ord("S"): self._setup,
            ord("Y"): lambda frame: None,  # the reply to a run that has ended
        }
        while True:
            frame = self.waiting.popleft() if self.waiting else channel.next()
            handler = take.get(frame.type)
            if handler is None:
                raise Closed("unknown frame")
            handler(frame)

    def _setup(self, frame):
        head = frame.head
        engine = head.get("engine", "python3")
        self.reads_text = engine == "python"
        self.config = json.dumps(head.get("config") or {}, ensure_ascii=True).encode("ascii")
        if self.reads_text:
            self.scope[python2.DIVIDE] = python2.divide
        self.channel.queue(
            encode(
                _HELLO,
                {
                    "protocol": "json1",
                    "engine": engine,
                    "version": "Python " + sys.version.split()[0],
                    "interrupts": True,
                },
            )
        )

    def _load(self, frame):
        self.scripts[frame.head.get("script")] = self._compiled(frame)

    def _compiled(self, frame):
        name = str(frame.head.get("name") or "script")
        form, raw = frame.parts.get("text", ("text", b""))
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError:
            text = raw.decode("latin-1")
        return scripts.compile_script(name, text, self.reads_text)

    def _check(self, frame):
        """Compiles, keeps nothing, runs nothing."""
        script = self._compiled(frame)
        done = {"run": frame.head.get("run")}
        if script.fault is not None:
            done["error"] = errors.describe(script.fault, script.name)
        self.channel.queue(encode(_DONE, done))

    def _unload(self, frame):
        self.scripts.pop(frame.head.get("script"), None)

    def _ping(self, frame):
        self.channel.queue(encode(ord("P"), {"n": frame.head.get("n")}))

    # -- a run ---------------------------------------------------------------------------------

    def _run(self, frame):
        head = frame.head
        script = self.scripts.get(head.get("script"))
        if script is None:
            fault = {"message": "The script was not loaded into the host."}
            self.channel.queue(encode(_DONE, {"run": head.get("run"), "error": fault}))
            return
        if not script.quick:
            self.channel.flush()
        began = time.monotonic()
        self.running = self.out.run = self.err.run = head.get("run")
        limits = head.get("limits") or {}
        output_bytes = limits.get("output_bytes")
        self.out.budget = self.err.budget = [output_bytes] if output_bytes else None
        self.memory.allow(limits.get("memory_bytes") or 0)
        done = self._guarded(script, frame, limits)
        if self.forked:
            _exit(0)
        self.runs += 1
        retire = self._after(script)
        took = time.monotonic() - began
        retire = retire or self.leftovers.look(took)
        if retire:
            done[0]["retire"] = retire
        script.quick = took < _SLOW_S
        done[0]["us"] = int(took * 1e6)
        self.channel.queue(_frame(*done))
        self.out.run = self.err.run = 0
        if retire:
            # The runs behind this one are the server's again.
            self.channel.flush()
            raise Closed("retired")

    def _guarded(self, script, frame, limits):
        """(head, parts) of the done frame. Whatever happens in the script ends here."""
        wall_ms = limits.get("wall_ms") or 0
        run = frame.head.get("run")
        error = None
        try:
            try:
                if wall_ms:
                    self.alarm.start(wall_ms)
                done = self._execute(script, frame, limits)
            finally:
                self.alarm.active = False
        except Closed:
            raise
        except BaseException as caught:  # SystemExit, KeyboardInterrupt and Stop among them
            error = caught
        if wall_ms:
            self.alarm.stop()
        if error is not None:
            done = ({"run": run, "error": errors.describe(error, script.name)}, ())
            # The traceback holds the script's frames, and with them its variables.
            error.__traceback__ = None
            error = None
        for output in (self.out, self.err):
            output.budget = None
            if output.pieces:
                output.send()
        return done

    def _execute(self, script, frame, limits):
        if script.fault is not None:
            raise script.fault.with_traceback(None)
        if script.care:
            self.keeper.before(script)
        codec = Codec()
        view = event.build(frame, codec)
        session = frame.parts.get("session")
        platform = maps.Lazy(
            api=Api(
                self.channel,
                self.waiting,
                frame.head["run"],
                codec,
                limits.get("api_calls"),
                self.reads_text,
            ),
            config=maps.Later(codec.decode, (self.config,)),
            session=maps.Later(codec.decode, (session[1],)) if session else maps.Map(),
        )
        scope = self.scope.copy()
        if script.needs.watched:
            scope.update(self.watch.names(scope))
        returned = types.FunctionType(script.code, scope)(view, platform)
        edits = event.Edits(frame, codec)
        if not script.reads_only:
            edits.collect(view)
        edits.head["run"] = frame.head["run"]
        if returned is not None:
            edits.parts.append(event.content_part("return", returned, codec))
            if not returned:
                edits.head["falsy"] = True
        self._measure(edits.parts, limits.get("output_bytes"))
        return edits.head, edits.parts

    def _measure(self, parts, output_bytes):
        if output_bytes and parts:
            if sum([len(data) for _, _, data in parts]) > output_bytes:
                raise errors.Stop("output", "The script's result is larger than its limit.")

    def _after(self, script):
        """Shape: why this process should be replaced, or None."""
        sys.stdout, sys.stderr = self.out, self.err
        if script.care or hygiene.threads():
            self.retire = self.keeper.after(script) or self.retire
        if self.watch.saw:
            self.retire = "the script changed the interpreter"
        # A script that imports nothing starts nothing; what got by is seen here in the end.
        if (script.care or self.runs % _CHECK_EVERY == 0) and children.left():
            self.retire = "left processes behind"
        if self.runs % _CHECK_EVERY == 0:
            self.memory.allow(0)
            used = self.memory.used()
            if self.grown_from is None:
                self.grown_from = used
            elif used > self.grown_from + _MAX_GROWTH:
                self.retire = "memory grew to %d MB" % (used >> 20)
        return self.retire


def _own_modules():
    """The host's modules, which are in nobody's reach by name from here on."""
    names = [name for name in sys.modules if name.partition(".")[0] == __package__]
    return {name: sys.modules.pop(name) for name in names}


def _frame(head, parts):
    try:
        return encode(_DONE, head, parts)
    except (TypeError, ValueError, RecursionError) as fault:
        # What a script threw may hold anything; its message is text.
        message = head["error"]["message"] if "error" in head else str(fault)
        return encode(_DONE, {"run": head["run"], "error": {"message": message}})


def serve(descriptor):
    """Never returns: the process leaves without running what scripts registered for its end."""
    host = Host(Channel(descriptor))
    # What is alive now stays: no collection need look at it again.
    gc.collect()
    gc.freeze()
    gc.set_threshold(5000, 10, 10)
    try:
        host.serve()
    except Closed:
        pass
    _exit(0)
