'use strict';
/**
 * Frames of hosts/PROTOCOL.md on a blocking descriptor: what came in, and what is to be sent.
 * Reading blocks; writing is held until flush(), so that several answers leave in one write.
 */

// Now: a script may put others in their place, for as long as it runs, and see what passes.
const { readSync, writeSync, read } = require('fs');

const kMostBytes = 64 << 20;
const kReadBytes = 1 << 16;

/** Raised for what is no frame. The connection cannot be used any more. */
class BrokenFrame extends Error {}

/** The parts of a frame, as event.js and api_call.js ask for them. */
class Parts {
    constructor(body, list, start) {
        this.body = body;
        this.list = list;
        this.start = start;
    }

    form(name) {
        for (const part of this.list) if (part[0] === name) return part[1];
        return null;
    }

    text(name) {
        const [start, end] = this.range(name);
        return this.body.utf8Slice(start, end);
    }

    /** What the server found in a JSON text, as json_text.js names it. */
    shape(name) {
        for (const part of this.list) if (part[0] === name) return part[3];
        return undefined;
    }

    /** A copy: a script may write into it. */
    bytes(name) {
        const [start, end] = this.range(name);
        return Buffer.from(this.body.subarray(start, end));
    }

    range(name) {
        let start = this.start;
        for (const part of this.list) {
            if (part[0] === name) return [start, start + part[2]];
            start += part[2];
        }
        return [start, start];
    }
}

function parseHead(text) {
    let head;
    try {
        head = JSON.parse(text);
    } catch (error) {
        throw new BrokenFrame(`head is no JSON: ${error.message}`);
    }
    if (typeof head !== 'object' || head === null || Array.isArray(head)) {
        throw new BrokenFrame('head is no JSON object');
    }
    return head;
}

/** `body` is one frame without its leading length. */
function parseFrame(body) {
    if (body.length < 5) throw new BrokenFrame('shorter than its own head');
    const start = 5 + body.readUInt32LE(1);
    if (start > body.length) throw new BrokenFrame('the head is longer than the frame');
    const head = parseHead(body.utf8Slice(5, start));
    const list = head.parts || [];
    let end = start;
    for (const part of list) end += part[2];
    if (end !== body.length) throw new BrokenFrame('the parts do not add up');
    return { kind: body[0], head, parts: new Parts(body, list, start) };
}

class Connection {
    constructor(fd) {
        this.fd = fd;
        this.input = Buffer.allocUnsafe(kReadBytes);
        this.from = 0;
        this.to = 0;
        this.output = Buffer.allocUnsafe(kReadBytes);
        this.held = 0;
    }

    /** The next whole frame that has been read already, or null. */
    take() {
        if (this.to - this.from < 4) return null;
        const size = this.input.readUInt32LE(this.from);
        if (size > kMostBytes) throw new BrokenFrame(`a frame of ${size} bytes`);
        const end = this.from + 4 + size;
        if (end > this.to) {
            this.makeRoom(4 + size);
            return null;
        }
        // A copy: parts are decoded while later frames are read into the same buffer.
        const body = Buffer.from(this.input.subarray(this.from + 4, end));
        this.from = end;
        return parseFrame(body);
    }

    /** Blocks until more input has come; false at end of file. */
    fill() {
        this.makeRoom(1);
        return this.filled(again(() => readSync(
            this.fd, this.input, this.to, this.input.length - this.to, null)));
    }

    /** Like fill(), on the event loop; keeps the loop alive meanwhile. */
    fillLater(done) {
        this.makeRoom(1);
        read(this.fd, this.input, this.to, this.input.length - this.to, null, (error, size) => {
            done(error ? false : this.filled(size));
        });
    }

    filled(size) {
        this.to += size;
        return size > 0;
    }

    makeRoom(bytes) {
        if (this.from > 0) {
            this.input.copyWithin(0, this.from, this.to);
            this.to -= this.from;
            this.from = 0;
        }
        const needed = Math.max(bytes, this.to + 1);
        if (needed <= this.input.length) return;
        const larger = Buffer.allocUnsafe(Math.max(needed + kReadBytes, this.input.length * 2));
        this.input.copy(larger, 0, 0, this.to);
        this.input = larger;
    }

    /**
     * Holds a frame back until flush(). Parts: [name, form, string or bytes].
     * Errors: RangeError, with nothing held, when the frame would be longer than frames may be.
     */
    send(kind, head, parts) {
        const data = parts.map(([, , value]) => (typeof value === 'string' ? Buffer.byteLength(value)
            : value.length));
        const sizes = data.reduce((sum, size) => sum + size, 0);
        if (parts.length > 0) head.parts = parts.map(([name, form], index) => [name, form, data[index]]);
        const text = JSON.stringify(head);
        const headBytes = Buffer.byteLength(text);
        const total = 5 + headBytes + sizes;
        if (total > kMostBytes) throw new RangeError(`a frame of ${total} bytes`);
        this.reserve(4 + total);
        const out = this.output;
        let at = this.held;
        at = out.writeUInt32LE(total, at);
        out[at++] = kind.charCodeAt(0);
        at = out.writeUInt32LE(headBytes, at);
        at += out.utf8Write(text, at, headBytes);
        parts.forEach(([, , value], index) => {
            if (typeof value === 'string') out.utf8Write(value, at, data[index]);
            else out.set(value, at);
            at += data[index];
        });
        this.held = at;
    }

    reserve(bytes) {
        if (this.held + bytes <= this.output.length) return;
        const larger = Buffer.allocUnsafe(Math.max(this.held + bytes, this.output.length * 2));
        this.output.copy(larger, 0, 0, this.held);
        this.output = larger;
    }

    flush() {
        let at = 0;
        while (at < this.held) {
            const size = again(() => writeSync(this.fd, this.output, at, this.held - at));
            if (size === 0) return;
            at += size;
        }
        this.held = 0;
        if (this.output.length > 4 << 20) this.output = Buffer.allocUnsafe(kReadBytes);
    }
}

/** Repeats what a signal or a non-blocking descriptor turned away; 0 when the other side is gone. */
function again(attempt) {
    for (;;) {
        try {
            return attempt();
        } catch (error) {
            if (error.code === 'EOF' || error.code === 'EPIPE' || error.code === 'ECONNRESET') return 0;
            if (error.code === 'EAGAIN') Atomics.wait(kNever, 0, 0, 1);
            else if (error.code !== 'EINTR') throw error;
        }
    }
}

const kNever = new Int32Array(new SharedArrayBuffer(4));

module.exports = { Connection, BrokenFrame };
