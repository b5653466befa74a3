// SPDX-License-Identifier: ISC

#include "dsp/modelfile/state_dict.h"

#include <stdio.h>
#include <string.h>

static const char first_name[] = "weight_ih_l0";

/// Return whether `text` ends in `ending`
static bool
ends_in(const char* const text, const char* const ending)
{
  const size_t n = strlen(text), m = strlen(ending);
  return n >= m && !strcmp(text + n - m, ending);
}

static bool
begins_with(const char* const text, const char* const beginning)
{
  return !strncmp(text, beginning, strlen(beginning));
}

/// Set `prefix` [size] to what stands before `ending` in a tensor's name
static RemStatus
cut_prefix(const RemTensors* const tensors,
           const RemTensor* const  tensor,
           const char* const       ending,
           char* const             prefix,
           const size_t            size)
{
  const size_t n = strlen(tensor->name) - strlen(ending);
  if (n >= size) {
    return rem_tensor_fail(
      tensors, tensor, REM_UNSUPPORTED, "has a name of more than 127 bytes");
  }
  memcpy(prefix, tensor->name, n);
  prefix[n] = '\0';
  return REM_SUCCESS;
}

/// Say that there is no recurrent net, and what there is
static RemStatus
no_lstm(const RemTensors* const tensors)
{
  char   names[200] = "";
  size_t used       = 0;
  for (size_t i = 0; i < tensors->n && i < 5U && used < sizeof(names); ++i) {
    used += (size_t)snprintf(names + used,
                             sizeof(names) - used,
                             "%s%.60s",
                             i ? ", " : "",
                             tensors->list[i].name);
  }
  return rem_source_fail(tensors->source,
                         REM_UNSUPPORTED,
                         NULL,
                         "holds no LSTM: no tensor's name ends in %s; it holds "
                         "%zu tensors%s%s%s",
                         first_name,
                         tensors->n,
                         tensors->n ? ": " : "",
                         names,
                         tensors->n > 5U ? ", ..." : "");
}

/// Find the recurrent net
static RemStatus
find_rnn(const RemTensors* const tensors, RemLayout* const out)
{
  const RemTensor* found = NULL;
  for (size_t i = 0; i < tensors->n; ++i) {
    const RemTensor* const tensor = &tensors->list[i];
    const bool fits = out->ours ? begins_with(tensor->name, "rnn.") : true;
    if (!fits || !ends_in(tensor->name, first_name)) {
      continue;
    }
    if (found) {
      return rem_tensor_fail(tensors,
                             tensor,
                             REM_UNSUPPORTED,
                             "is a second recurrent net beside %.100s",
                             found->name);
    }
    found = tensor;
  }
  return found
           ? cut_prefix(tensors, found, first_name, out->rnn, sizeof(out->rnn))
           : no_lstm(tensors);
}

/// Refuse what nn.LSTM may be beside a plain stack of layers in one direction
static RemStatus
check_kind(const RemTensors* const tensors, const RemLayout* const layout)
{
  const RemTensor* const reverse =
    rem_tensors_find(tensors, layout->rnn, "weight_ih_l0_reverse");
  const RemTensor* const projection =
    rem_tensors_find(tensors, layout->rnn, "weight_hr_l0");
  if (reverse) {
    return rem_tensor_fail(tensors,
                           reverse,
                           REM_UNSUPPORTED,
                           "the net is bidirectional: it would have to hear "
                           "the future");
  }
  if (projection) {
    return rem_tensor_fail(tensors,
                           projection,
                           REM_UNSUPPORTED,
                           "the LSTM projects its output (proj_size), which "
                           "this program does not play");
  }
  return REM_SUCCESS;
}

/// Return how many inputs a net may have; only our files say that they are for
/// more than sound and knobs
static uint32_t
most_inputs(const RemLayout* const layout)
{
  return layout->ours ? REM_MAX_IN : 1U + REM_MAX_KNOBS;
}

/// Read sizes off the shapes of the recurrent net
static RemStatus
read_rnn(const RemTensors* const tensors, RemLayout* const out)
{
  const RemTensor* const ih = rem_tensors_find(tensors, out->rnn, first_name);
  const RemTensor* const hh =
    rem_tensors_find(tensors, out->rnn, "weight_hh_l0");
  if (!hh || ih->n_dims != 2U || hh->n_dims != 2U || !hh->dims[1]) {
    return rem_tensor_fail(tensors,
                           hh ? hh : ih,
                           REM_BAD_SHAPE,
                           "expected the matrices weight_ih_l0 and "
                           "weight_hh_l0 side by side");
  }
  const size_t   rows = hh->dims[0], n = hh->dims[1];
  const uint32_t max_in = most_inputs(out);
  if (rows != 4U * n || n > REM_MAX_HIDDEN || ih->dims[1] > max_in) {
    char       a[96], b[96];
    const bool kind = rows == n || rows == 3U * n;
    return rem_tensor_fail(tensors,
                           hh,
                           kind ? REM_UNSUPPORTED : REM_BAD_SHAPE,
                           "%s: weight_ih_l0 is %s and weight_hh_l0 is %s; an "
                           "LSTM of H <= %u units and I <= %u inputs has [4H, "
                           "I] and [4H, H]",
                           rows == n        ? "is a plain RNN, not an LSTM"
                           : rows == 3U * n ? "is a GRU, not an LSTM"
                                            : "is no LSTM we can play",
                           rem_tensor_shape(ih, a, sizeof(a)),
                           rem_tensor_shape(hh, b, sizeof(b)),
                           REM_MAX_HIDDEN,
                           max_in);
  }
  out->spec.n_hidden = (uint32_t)n;
  out->spec.n_in     = (uint32_t)ih->dims[1];
  for (uint32_t l = 0; l <= REM_MAX_LAYERS; ++l) {
    char name[32];
    (void)snprintf(name, sizeof(name), "weight_ih_l%u", l);
    out->spec.n_layers += rem_tensors_find(tensors, out->rnn, name) != NULL;
  }
  return REM_SUCCESS;
}

/// Return whether a tensor belongs to the recurrent net
static bool
is_rnn(const RemLayout* const layout, const RemTensor* const tensor)
{
  static const char* const names[] = {
    "weight_ih_l", "weight_hh_l", "bias_ih_l", "bias_hh_l"};
  const size_t n = strlen(layout->rnn);
  for (size_t i = 0; i < 4U; ++i) {
    if (begins_with(tensor->name, layout->rnn) &&
        begins_with(tensor->name + n, names[i])) {
      return true;
    }
  }
  return false;
}

/// Return whether a tensor is a linear layer's weight
static bool
is_linear(const RemLayout* const layout, const RemTensor* const tensor)
{
  return layout->ours ? !strcmp(tensor->name, "head.weight")
                      : tensor->n_dims == 2U && !is_rnn(layout, tensor) &&
                          !begins_with(tensor->name, "check.") &&
                          ends_in(tensor->name, "weight");
}

/// Find the linear layer
static RemStatus
find_head(const RemTensors* const tensors, RemLayout* const out)
{
  const RemTensor* found = NULL;
  for (size_t i = 0; i < tensors->n; ++i) {
    const RemTensor* const tensor = &tensors->list[i];
    if (!is_linear(out, tensor)) {
      continue;
    }
    if (found) {
      return rem_tensor_fail(tensors,
                             tensor,
                             REM_UNSUPPORTED,
                             "is a second linear layer beside %.100s",
                             found->name);
    }
    found = tensor;
  }
  if (!found) {
    return rem_source_fail(tensors->source,
                           REM_BAD_FORMAT,
                           NULL,
                           "holds an LSTM, but no weight of a linear layer "
                           "behind it");
  }
  if (found->n_dims != 2U || found->dims[0] > REM_MAX_OUT) {
    char shape[96];
    return rem_tensor_fail(tensors,
                           found,
                           REM_BAD_SHAPE,
                           "has the shape %s, expected [outputs, %u] with at "
                           "most %u outputs",
                           rem_tensor_shape(found, shape, sizeof(shape)),
                           out->spec.n_hidden,
                           REM_MAX_OUT);
  }
  out->spec.n_out = (uint32_t)found->dims[0];
  return cut_prefix(tensors, found, "weight", out->head, sizeof(out->head));
}

/// Refuse a state_dict with tensors that the net would not use
static RemStatus
check_rest(const RemTensors* const tensors, const RemLayout* const layout)
{
  const size_t n = strlen(layout->head);
  for (size_t i = 0; i < tensors->n; ++i) {
    const RemTensor* const tensor = &tensors->list[i];
    const char* const      name   = tensor->name;
    const bool             head =
      begins_with(name, layout->head) &&
      (!strcmp(name + n, "weight") || !strcmp(name + n, "bias"));
    if (!head && !is_rnn(layout, tensor) && !begins_with(name, "rest.") &&
        !begins_with(name, "check.")) {
      return rem_tensor_fail(tensors,
                             tensor,
                             REM_UNSUPPORTED,
                             "belongs neither to the LSTM nor to the linear "
                             "layer behind it; expected nothing else");
    }
  }
  return REM_SUCCESS;
}

/// Look for our metadata
static RemStatus
find_version(const RemTensors* const tensors, RemLayout* const out)
{
  const RemJson root     = rem_json_root(tensors->header, tensors->source);
  const RemJson metadata = rem_json_key(&root, "__metadata__");
  const RemJson version  = rem_json_key(&metadata, "remanence");
  out->ours              = version.value != NULL;
  if (out->ours && !json_is_string(version.value)) {
    return rem_json_unexpected(&version, "a version as a string");
  }
  if (out->ours &&
      strcmp(json_string_value(version.value), REM_FORMAT_VERSION)) {
    return rem_json_fail(&version,
                         REM_UNSUPPORTED,
                         "is format version %.20s, this program reads %s",
                         json_string_value(version.value),
                         REM_FORMAT_VERSION);
  }
  return REM_SUCCESS;
}

RemStatus
rem_state_dict_layout(const RemTensors* const tensors, RemLayout* const out)
{
  const RemLayout none = {0};
  RemStatus       st   = REM_SUCCESS;
  *out                 = none;
  if ((st = find_version(tensors, out)) || (st = find_rnn(tensors, out)) ||
      (st = check_kind(tensors, out)) || (st = read_rnn(tensors, out)) ||
      (st = find_head(tensors, out)) || out->ours) {
    return st;
  }
  return check_rest(tensors, out);
}
