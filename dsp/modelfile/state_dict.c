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
no_rnn(const RemTensors* const tensors)
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
                         "holds no LSTM, GRU or RNN: no tensor's name ends in "
                         "%s; it holds "
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
    if (!ends_in(tensor->name, first_name)) {
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
           : no_rnn(tensors);
}

/// Refuse what nn.LSTM may be beside a plain stack of layers
static RemStatus
check_kind(const RemTensors* const tensors, const RemLayout* const layout)
{
  const RemTensor* const projection =
    rem_tensors_find(tensors, layout->rnn, "weight_hr_l0");
  return projection
           ? rem_tensor_fail(tensors,
                             projection,
                             REM_UNSUPPORTED,
                             "the LSTM projects its output (proj_size), which "
                             "this program does not play")
           : REM_SUCCESS;
}

/// Set `out` to the cell whose matrices have `rows` rows for `n` units
static bool
find_cell(const size_t rows, const size_t n, RemCell* const out)
{
  *out = rows == 4U * n   ? REM_CELL_LSTM
         : rows == 3U * n ? REM_CELL_GRU
                          : REM_CELL_RNN_TANH;
  return rows == n || rows == 3U * n || rows == 4U * n;
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
  const uint32_t max_in = 1U + REM_MAX_KNOBS;
  if (!find_cell(rows, n, &out->spec.cell) || n > REM_MAX_HIDDEN ||
      ih->dims[1] > max_in) {
    char a[96], b[96];
    return rem_tensor_fail(tensors,
                           hh,
                           REM_BAD_SHAPE,
                           "is no net we can play: weight_ih_l0 is %s and "
                           "weight_hh_l0 is %s; of H <= %u units and I <= %u "
                           "inputs they are [G, I] and [G, H], where G is 4H "
                           "of an LSTM, 3H of a GRU, H of an RNN",
                           rem_tensor_shape(ih, a, sizeof(a)),
                           rem_tensor_shape(hh, b, sizeof(b)),
                           REM_MAX_HIDDEN,
                           max_in);
  }
  out->spec.both =
    rem_tensors_find(tensors, out->rnn, "weight_ih_l0_reverse") != NULL;
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
  return tensor->n_dims == 2U && !is_rnn(layout, tensor) &&
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
                           "holds a recurrent net, but no weight of a linear "
                           "layer behind it");
  }
  if (found->n_dims != 2U || found->dims[0] > REM_MAX_OUT) {
    char shape[96];
    return rem_tensor_fail(tensors,
                           found,
                           REM_BAD_SHAPE,
                           "has the shape %s, expected [outputs, %u] with at "
                           "most %u outputs",
                           rem_tensor_shape(found, shape, sizeof(shape)),
                           rem_net_n_features(&out->spec),
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
                             "belongs neither to the recurrent net nor to the "
                             "linear layer behind it; expected nothing else");
    }
  }
  return REM_SUCCESS;
}

RemStatus
rem_state_dict_layout(const RemTensors* const tensors, RemLayout* const out)
{
  const RemLayout none = {0};
  RemStatus       st   = REM_SUCCESS;
  *out                 = none;
  if ((st = find_rnn(tensors, out)) || (st = check_kind(tensors, out)) ||
      (st = read_rnn(tensors, out)) || (st = find_head(tensors, out))) {
    return st;
  }
  return check_rest(tensors, out);
}
