#pragma once
/// What PHP asks its server for: the body, the cookies, $_SERVER, $_GET. Callbacks of the SAPI;
/// all of them answer for `active_run()`.

#include "engine.h"

namespace sluice::php {

/// Copies the next bytes of the request's body, at most `room`. Zero at its end.
std::size_t read_body(char* buffer, std::size_t room);

/// Null when there are none, or the script cannot look. The text is the run's.
char* read_cookies();

/// $_SERVER, as a web server in front of PHP would fill it.
void fill_server(zval* out);

/// $_GET holds the parameters as earlier scripts left them; the rest is PHP's own work.
void treat_data(int what, char* text, zval* out);

}  // namespace sluice::php
