/*
 * Sabir: actors in C, Rust and Python over one core and one wire.
 *
 * Ownership in four sentences. A message is consumed when the call succeeds and stays the caller's when it fails. User data comes
 * with a `drop` that is called exactly once, also when the call fails. Refs are counted, outlive their actor and then say
 * SABIR_ECLOSED. No lock is held while a callback runs.
 */
#ifndef SABIR_SABIR_H
#define SABIR_SABIR_H

#include <sabir/actor.h>
#include <sabir/context.h>
#include <sabir/envelope.h>
#include <sabir/error.h>
#include <sabir/failure.h>
#include <sabir/group.h>
#include <sabir/json.h>
#include <sabir/kit.h>
#include <sabir/manager.h>
#include <sabir/message.h>
#include <sabir/puller.h>
#include <sabir/ref.h>
#include <sabir/subscribers.h>
#include <sabir/supervisor.h>
#include <sabir/tap.h>
#include <sabir/timer.h>
#include <sabir/type.h>
#include <sabir/version.h>
#include <sabir/watch.h>

#endif
