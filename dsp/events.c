// SPDX-License-Identifier: ISC

#include "dsp/events.h"

#include <stddef.h>

#define USUAL_VELOCITY 80U
#define LONGEST_SONG 1e9 ///< Seconds

/// Tokens on their way out
typedef struct {
  uint32_t  n;
  uint32_t* tokens;
} Writer;

REM_RT static void
write_token(Writer* const writer, const uint32_t token)
{
  writer->tokens[writer->n++] = token;
}

/// Return a time in steps; what is no number is 0
REM_RT static uint64_t
step_of(const double seconds)
{
  const double clean = seconds > 0.0 ? seconds : 0.0;
  const double most  = clean < LONGEST_SONG ? clean : LONGEST_SONG;
  return (uint64_t)(most / REM_WAIT_SECONDS + 0.5);
}

REM_RT static void
write_wait(RemEventEncoder* const encoder,
           const double           at,
           Writer* const          writer)
{
  const uint64_t step = step_of(at);
  if (!encoder->begun || step <= encoder->step) {
    encoder->step  = encoder->begun ? encoder->step : step;
    encoder->begun = true;
    return;
  }
  uint64_t left = step - encoder->step;
  left          = left < REM_LONGEST_WAIT ? left : REM_LONGEST_WAIT;
  encoder->step = step;
  for (; left > REM_N_WAITS; left -= REM_N_WAITS) {
    write_token(writer, REM_TOKEN_WAIT + REM_N_WAITS - 1U);
  }
  write_token(writer, REM_TOKEN_WAIT + (uint32_t)left - 1U);
}

REM_RT uint32_t
rem_event_wait(RemEventEncoder* const encoder,
               const double           at,
               uint32_t               tokens[const REM_MOST_TOKENS])
{
  Writer writer = {0U, NULL};
  writer.tokens = tokens;
  write_wait(encoder, at, &writer);
  return writer.n;
}

/// Let a key no longer sound
REM_RT static void
write_off(RemEventEncoder* const encoder,
          const uint32_t         key,
          Writer* const          writer)
{
  if (encoder->sounds[key]) {
    encoder->sounds[key] = false;
    write_token(writer, REM_TOKEN_OFF + key);
  }
}

REM_RT static void
write_on(RemEventEncoder* const encoder,
         const uint32_t         key,
         const uint32_t         velocity,
         Writer* const          writer)
{
  const uint32_t bin = velocity * REM_N_VELOCITIES / 128U;
  write_off(encoder, key, writer);
  if (encoder->velocity != bin + 1U) {
    encoder->velocity = (uint8_t)(bin + 1U);
    write_token(writer, REM_TOKEN_VELOCITY + bin);
  }
  encoder->held[key]   = true;
  encoder->sounds[key] = true;
  write_token(writer, REM_TOKEN_ON + key);
}

/// Let all keys end that no finger holds, or all
REM_RT static void
write_offs(RemEventEncoder* const encoder, const bool all, Writer* const writer)
{
  for (uint32_t key = 0U; key < REM_N_KEYS; ++key) {
    encoder->held[key] = encoder->held[key] && !all;
    if (!encoder->held[key]) {
      write_off(encoder, key, writer);
    }
  }
}

REM_RT uint32_t
rem_event_encode_rest(RemEventEncoder* const encoder,
                      uint32_t               tokens[const REM_MOST_TOKENS])
{
  Writer writer = {0U, NULL};
  writer.tokens = tokens;
  write_offs(encoder, true, &writer);
  return writer.n;
}

/// Write a controller: the pedal, or the end of all sound
REM_RT static void
write_control(RemEventEncoder* const encoder,
              const uint8_t* const   bytes,
              Writer* const          writer)
{
  const uint32_t sustain  = 64U;
  const uint32_t no_sound = 120U;
  const uint32_t no_notes = 123U;
  if (bytes[1] == sustain) {
    encoder->pedal = bytes[2] >= 64U;
  }
  if (bytes[1] == no_sound || bytes[1] == no_notes) {
    write_offs(encoder, true, writer);
  } else if (!encoder->pedal) {
    write_offs(encoder, false, writer);
  }
}

/// Return whether a message can change anything
REM_RT static bool
matters(const RemEventEncoder* const encoder, const uint8_t* const bytes)
{
  const uint32_t kind = bytes[0] & 0xF0U;
  const bool     data = bytes[1] < 128U && bytes[2] < 128U;
  const bool     off  = kind == 0x80U || (kind == 0x90U && !bytes[2]);
  return data && ((off && encoder->sounds[bytes[1]]) ||
                  (!off && (kind == 0x90U || kind == 0xB0U)));
}

REM_RT uint32_t
rem_event_encode(RemEventEncoder* const    encoder,
                 const RemTimedMidi* const message,
                 uint32_t                  tokens[const REM_MOST_TOKENS])
{
  const uint8_t* const  bytes  = message->bytes;
  const RemEventEncoder before = *encoder;
  Writer                writer = {0U, NULL};
  writer.tokens                = tokens;
  if (!matters(encoder, bytes)) {
    return 0U;
  }
  write_wait(encoder, message->at, &writer);
  const uint32_t n_waits = writer.n;
  if ((bytes[0] & 0xF0U) == 0xB0U) {
    write_control(encoder, bytes, &writer);
  } else if ((bytes[0] & 0xF0U) == 0x90U && bytes[2]) {
    write_on(encoder, bytes[1], bytes[2], &writer);
  } else {
    encoder->held[bytes[1]] = false;
    if (!encoder->pedal) {
      write_off(encoder, bytes[1], &writer);
    }
  }
  if (writer.n == n_waits) { // Nothing to wait for
    encoder->begun = before.begun;
    encoder->step  = before.step;
    return 0U;
  }
  return writer.n;
}

/// Messages on their way out
typedef struct {
  uint32_t      n;
  double        at;
  RemTimedMidi* messages;
} Sender;

REM_RT static void
send_off(RemEventDecoder* const decoder,
         const uint32_t         key,
         Sender* const          sender)
{
  if (decoder->sounds[key]) {
    decoder->sounds[key] = false;
    --decoder->n_sounding;
    sender->messages[sender->n++] =
      (RemTimedMidi){sender->at, {0x80U, (uint8_t)key, 64U}};
  }
}

REM_RT static void
send_on(RemEventDecoder* const decoder,
        const uint32_t         key,
        Sender* const          sender)
{
  const uint8_t velocity =
    decoder->velocity ? decoder->velocity : (uint8_t)USUAL_VELOCITY;
  send_off(decoder, key, sender);
  decoder->sounds[key] = true;
  ++decoder->n_sounding;
  sender->messages[sender->n++] =
    (RemTimedMidi){sender->at, {0x90U, (uint8_t)key, velocity}};
}

REM_RT uint32_t
rem_event_decode_rest(RemEventDecoder* const decoder,
                      RemTimedMidi           messages[const REM_MOST_MESSAGES])
{
  Sender sender = {0U, (double)decoder->step * REM_WAIT_SECONDS, messages};
  for (uint32_t key = 0U; decoder->n_sounding && key < REM_N_KEYS; ++key) {
    send_off(decoder, key, &sender);
  }
  return sender.n;
}

REM_RT uint32_t
rem_event_decode(RemEventDecoder* const decoder,
                 const uint32_t         token,
                 RemTimedMidi           messages[const REM_MOST_MESSAGES])
{
  Sender sender   = {0U, (double)decoder->step * REM_WAIT_SECONDS, messages};
  decoder->chosen = token >= REM_TOKEN_VELOCITY && token < REM_TOKEN_START;
  if (token < REM_TOKEN_OFF) {
    send_on(decoder, token - REM_TOKEN_ON, &sender);
  } else if (token < REM_TOKEN_WAIT) {
    send_off(decoder, token - REM_TOKEN_OFF, &sender);
  } else if (token < REM_TOKEN_VELOCITY) {
    decoder->step += token - REM_TOKEN_WAIT + 1U;
  } else if (decoder->chosen) {
    decoder->velocity = (uint8_t)(4U * (token - REM_TOKEN_VELOCITY) + 2U);
  } else if (token == REM_TOKEN_END) {
    return rem_event_decode_rest(decoder, messages);
  }
  return sender.n;
}

REM_RT void
rem_event_allow(const RemEventDecoder* const decoder,
                const RemEventRules* const   rules,
                bool                         allowed[const REM_N_TOKENS])
{
  for (uint32_t key = 0U; key < REM_N_KEYS; ++key) {
    const bool fits = key >= rules->lowest && key <= rules->highest &&
                      (rules->scale >> key % 12U & 1U);
    allowed[REM_TOKEN_ON + key]  = fits && !decoder->sounds[key];
    allowed[REM_TOKEN_OFF + key] = decoder->sounds[key];
  }
  for (uint32_t k = 0U; k < REM_N_WAITS; ++k) {
    allowed[REM_TOKEN_WAIT + k] = true;
  }
  for (uint32_t k = 0U; k < REM_N_VELOCITIES; ++k) {
    allowed[REM_TOKEN_VELOCITY + k] = !decoder->chosen;
  }
  allowed[REM_TOKEN_START] = false;
  allowed[REM_TOKEN_END]   = rules->may_end;
}

REM_RT uint16_t
rem_event_scale(const uint32_t key)
{
  const uint32_t all   = 0xFFFU;
  const uint32_t major = 0xAB5U; // C D E F G A B
  const uint32_t minor = 0x5ADU; // C D Eb F G Ab Bb
  const uint32_t kind  = key > 12U ? minor : major;
  const uint32_t by    = (key + 11U) % 12U;
  return (uint16_t)(key ? (kind << by | kind >> (12U - by)) & all : all);
}

REM_RT uint32_t
rem_event_transpose(const uint32_t token, const int by)
{
  if (token >= REM_TOKEN_WAIT) {
    return token;
  }
  const int key = (int)(token % REM_N_KEYS) + by;
  return key >= 0 && key < (int)REM_N_KEYS
           ? token - token % REM_N_KEYS + (uint32_t)key
           : REM_NO_SYMBOL;
}
