'use strict';
// Everything happens in the addon, in an isolate of its own; this isolate only starts it.
require('./sluice_v8.node').serve(3, !process.execArgv.includes('--jitless'));
