'use strict';
/**
 * The platform's exceptions as JavaScript sees them, and what a thrown value means on the wire.
 * Source: hosts/PROTOCOL.md section 4; the documented table of exceptions and their arguments.
 */

/** What V8 says when there is no memory for an ArrayBuffer or a Buffer. */
const kNoBuffer = 'Array buffer allocation failed';
const kUnknown = 'Unknown scripting error.';
const kMostStackChars = 4096;
/** Frames of the hosts' own files: in the sandbox they have no name. */
const kIsOwn = typeof __dirname === 'string'
    ? new RegExp(`\\(?${__dirname.replace(/[^/]*$/, '').replace(/[^\w/]/g, '\\$&')}`) : /<anonymous>:\d/;

const kStatusOf = {
    BadRequestException: 400,
    InvalidJsonException: 400,
    UnauthorizedException: 401,
    ForbiddenException: 403,
    NotFoundException: 404,
    ConflictResourceException: 409,
    TooManyRequestsException: 429,
    InternalServerErrorException: 500,
    NotImplementedException: 501,
    ServiceUnavailableException: 503,
};

/** One constructor that works with and without `new`; `fill` sets the members from the arguments. */
function exception(name, fill) {
    const constructor = function (...args) {
        const self = Reflect.construct(Error, [], new.target || constructor);
        const message = fill(self, args);
        const text = message === undefined || message === null ? '' : String(message);
        Object.defineProperty(self, 'message', { value: text, writable: true, configurable: true });
        if (Error.captureStackTrace) Error.captureStackTrace(self, constructor);
        return self;
    };
    Object.defineProperty(constructor, 'name', { value: name, configurable: true });
    constructor.prototype = Object.create(Error.prototype, {
        constructor: { value: constructor, writable: true, configurable: true },
        name: { value: name, writable: true, configurable: true },
    });
    Object.setPrototypeOf(constructor, Error);
    return constructor;
}

/** After the message: code, what it came from, context. A context may stand in the place of the former. */
function setRest(self, code, previous, context) {
    if (code !== undefined && code !== null) self.code = code;
    const isPrevious = isError(previous);
    if (isPrevious) Object.defineProperty(self, 'cause', { value: previous, writable: true, configurable: true });
    const facts = context === undefined || context === null ? (isPrevious ? undefined : previous) : context;
    if (facts !== undefined && facts !== null) self.context = facts;
}

function isStatus(value) {
    return Number.isInteger(value) && value >= 200 && value <= 599;
}

/** How an exception stands inside the context of a batch. */
function innerBody(thrown) {
    const facts = read(thrown);
    const status = isStatus(facts.status_code) ? facts.status_code : 500;
    return {
        code: facts.code === undefined ? status : facts.code,
        context: facts.context === undefined ? null : facts.context,
        message: facts.message,
        status_code: status,
    };
}

function isError(value) {
    return value instanceof Error
        || Object.prototype.toString.call(value) === '[object Error]';
}

/** All exceptions by name. The caller puts them where scripts find them. */
function makeExceptions() {
    const all = {};
    for (const [name, status] of Object.entries(kStatusOf)) {
        all[name] = exception(name, (self, [message, ...rest]) => {
            self.status_code = status;
            setRest(self, ...rest);
            return message;
        });
    }
    all.RestException = exception('RestException', (self, [status, message, ...rest]) => {
        self.status_code = isStatus(Number(status)) ? Number(status) : 500;
        setRest(self, ...rest);
        return message;
    });
    all.BatchException = exception('BatchException', (self, [resources, message, code]) => {
        const list = Array.isArray(resources) ? resources : resources === undefined ? [] : [resources];
        self.status_code = 400;
        self.code = code === undefined || code === null ? 1000 : code;
        self.context = {
            error: list.flatMap((item, index) => (isError(item) ? [index] : [])),
            resource: list.map((item) => (isError(item) ? innerBody(item) : item)),
        };
        return message === undefined ? 'Batch Error: Not all requested records were processed.' : message;
    });
    all.DFException = exception('DFException', (self, [inner]) => {
        self.status_code = 500;
        self.bare = true;
        if (!isError(inner)) return inner;
        const body = innerBody(inner);
        self.code = body.code;
        if (body.context !== null) self.context = body.context;
        return body.message;
    });
    return all;
}

function asCode(value) {
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    return Number.isSafeInteger(number) ? number : undefined;
}

/** The members of a thrown value that the wire knows. Never throws. */
function read(thrown) {
    try {
        if (typeof thrown === 'string') return { message: thrown };
        if (thrown === null || thrown === undefined) return { message: kUnknown };
        if (typeof thrown !== 'object' && typeof thrown !== 'function') return { message: String(thrown) };
        const facts = {};
        const message = thrown.message;
        facts.message = message === undefined || message === null || message === ''
            ? (isError(thrown) && thrown.name ? String(thrown.name) : kUnknown) : String(message);
        if (isError(thrown)) facts.class = className(thrown);
        const status = Number(thrown.status_code === undefined ? thrown.statusCode : thrown.status_code);
        if (isStatus(status)) facts.status_code = status;
        const code = asCode(thrown.code);
        if (code !== undefined) facts.code = code;
        if (thrown.context !== undefined) facts.context = thrown.context;
        if (thrown.bare === true) facts.bare = true;
        return facts;
    } catch {
        return { message: kUnknown };
    }
}

/** Line and column inside the script that is compiled under the file name `file`. */
function place(stack, file) {
    const at = stack.indexOf(`${file}:`);
    if (at < 0) return {};
    const found = /^(\d+)(?::(\d+))?/.exec(stack.slice(at + file.length + 1));
    if (!found) return {};
    const where = { line: Number(found[1]) };
    if (found[2] !== undefined) where.column = Number(found[2]);
    return where;
}

/** The stack down to the last frame of the script itself, below which is only the host, and without the host's own. */
function trimmed(stack, file) {
    const lines = stack.slice(0, kMostStackChars).split('\n');
    let last = lines.length - 1;
    while (last > 0 && !lines[last].includes(`${file}:`)) last--;
    if (last > 0) lines.length = last + 1;
    return lines.filter((line) => !/^ +at /.test(line) || line.includes(`${file}:`) || !kIsOwn.test(line)).join('\n');
}

/** The name of the class; that of the constructor where a class of the script's own has not set another. */
function className(thrown) {
    const name = String(thrown.name || 'Error');
    const made = thrown.constructor;
    return name === 'Error' && typeof made === 'function' && typeof made.name === 'string' && made.name !== ''
        ? made.name : name;
}

/**
 * The `error` member of a done frame for a thrown value.
 * Shape: see hosts/PROTOCOL.md section 4. Errors: none, whatever was thrown.
 */
function describe(thrown, file) {
    const error = read(thrown);
    try {
        const stack = typeof thrown === 'object' && thrown !== null && typeof thrown.stack === 'string'
            ? thrown.stack : '';
        if (stack !== '') {
            Object.assign(error, place(stack, file));
            error.stack = trimmed(stack, file);
        }
        if (error.class === 'RangeError' && error.message === kNoBuffer) error.limit = 'memory';
        if (error.context !== undefined) JSON.stringify(error.context);
    } catch {
        delete error.context;
    }
    return error;
}

module.exports = { makeExceptions, describe };
