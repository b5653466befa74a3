// SPDX-License-Identifier: ISC

#include "offline_trainer/checkpoint.h"

#include "dsp/modelfile/file.h"

#include <jansson.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define MAX_BYTES ((size_t)2 << 30U) ///< Larger is refused
#define LENGTH_BYTES 8U              ///< Of the header's length, little-endian
#define METADATA "__metadata__"

struct RemCheckpoint {
  char*                path;
  unsigned char*       bytes;  ///< The whole file
  const unsigned char* data;   ///< Behind the header
  size_t               n_data; ///< Bytes in `data`
  json_t*              header;
};

static const char* const type_names[] = {"F32", "F64", "U64"};

static size_t
type_size(const RemEntryType type)
{
  return type == REM_ENTRY_F32 ? sizeof(float) : sizeof(uint64_t);
}

static size_t
entry_bytes(const RemEntry* const entry)
{
  return entry->n * type_size(entry->type);
}

/// Return the header of a file of these entries, or NULL without memory
static json_t*
make_header(const char* const     about,
            const RemEntry* const entries,
            const uint32_t        n_entries)
{
  json_t* const header =
    json_pack("{s:{s:s}}", METADATA, "remanence.training", about);
  size_t at = 0U;
  for (uint32_t i = 0; header && i < n_entries; ++i) {
    const size_t end = at + entry_bytes(&entries[i]);
    if (json_object_set_new(header,
                            entries[i].name,
                            json_pack("{s:s, s:[I], s:[I, I]}",
                                      "dtype",
                                      type_names[entries[i].type],
                                      "shape",
                                      (json_int_t)entries[i].n,
                                      "data_offsets",
                                      (json_int_t)at,
                                      (json_int_t)end))) {
      json_decref(header);
      return NULL;
    }
    at = end;
  }
  return header;
}

/// Write the length of the header as safetensors wants it
static void
put_length(unsigned char* const bytes, const size_t length)
{
  for (uint32_t i = 0; i < LENGTH_BYTES; ++i) {
    bytes[i] = (unsigned char)(((uint64_t)length >> (8U * i)) & 0xFFU);
  }
}

static uint64_t
get_length(const unsigned char* const bytes)
{
  uint64_t length = 0U;
  for (uint32_t i = 0; i < LENGTH_BYTES; ++i) {
    length |= (uint64_t)bytes[i] << (8U * i);
  }
  return length;
}

/// Return the bytes of a file with header `text` [used], or NULL without memory
static unsigned char*
make_bytes(const char* const     text,
           const size_t          used,
           const RemEntry* const entries,
           const uint32_t        n_entries,
           size_t* const         size)
{
  const size_t length = (used + 7U) / 8U * 8U; // Padded, so data is aligned
  *size               = LENGTH_BYTES + length;
  for (uint32_t i = 0; i < n_entries; ++i) {
    *size += entry_bytes(&entries[i]);
  }
  unsigned char* const bytes = (unsigned char*)malloc(*size);
  if (bytes) {
    unsigned char* at = bytes + LENGTH_BYTES + length;
    put_length(bytes, length);
    memcpy(bytes + LENGTH_BYTES, text, used);
    memset(bytes + LENGTH_BYTES + used, ' ', length - used);
    for (uint32_t i = 0; i < n_entries; ++i) {
      memcpy(at, entries[i].data, entry_bytes(&entries[i]));
      at += entry_bytes(&entries[i]);
    }
  }
  return bytes;
}

RemStatus
rem_checkpoint_write(const char* const     path,
                     const char* const     about,
                     const RemEntry* const entries,
                     const uint32_t        n_entries,
                     RemError* const       error)
{
  json_t* const header = make_header(about, entries, n_entries);
  char* const   text   = header ? json_dumps(header, JSON_COMPACT) : NULL;
  size_t        size   = 0U;

  unsigned char* const bytes =
    text ? make_bytes(text, strlen(text), entries, n_entries, &size) : NULL;
  const RemStatus st =
    bytes ? rem_file_write(path, bytes, size, error)
          : rem_fail(error,
                     REM_NO_MEMORY,
                     path,
                     "No memory to write what a later run needs to go on");
  free(bytes);
  free(text);
  json_decref(header);
  return st;
}

static RemStatus
not_one(const RemCheckpoint* const checkpoint,
        const char* const          why,
        RemError* const            error)
{
  return rem_fail(error,
                  REM_BAD_FORMAT,
                  checkpoint->path,
                  "This is not the state of a training run: %s",
                  why);
}

/// Parse the header of what was read
static RemStatus
open_header(RemCheckpoint* const checkpoint,
            const size_t         size,
            RemError* const      error)
{
  const unsigned char* const bytes = checkpoint->bytes;
  const uint64_t length = size >= LENGTH_BYTES ? get_length(bytes) : 0U;
  if (size < LENGTH_BYTES || !length || length > size - LENGTH_BYTES) {
    return not_one(checkpoint, "its header does not fit into it", error);
  }
  checkpoint->data   = bytes + LENGTH_BYTES + length;
  checkpoint->n_data = size - LENGTH_BYTES - (size_t)length;
  checkpoint->header = json_loadb((const char*)bytes + LENGTH_BYTES,
                                  (size_t)length,
                                  JSON_REJECT_DUPLICATES,
                                  NULL);
  if (!json_is_object(checkpoint->header) ||
      !rem_checkpoint_about(checkpoint)) {
    return not_one(checkpoint, "its header does not say so", error);
  }
  return REM_SUCCESS;
}

/// Find entry `name`: its type, and the bytes that it takes up
static bool
find_entry(const RemCheckpoint* const checkpoint,
           const char* const          name,
           RemEntryType* const        type,
           size_t* const              begin,
           size_t* const              n)
{
  const char* dtype = NULL;
  json_int_t  count = 0, from = 0, to = 0;
  json_t*     entry = json_object_get(checkpoint->header, name);
  if (json_unpack(entry,
                  "{s:s, s:[I!], s:[I, I!]}",
                  "dtype",
                  &dtype,
                  "shape",
                  &count,
                  "data_offsets",
                  &from,
                  &to) ||
      count < 0 || from < 0 || to < from ||
      (uint64_t)to > (uint64_t)checkpoint->n_data) {
    return false;
  }
  for (uint32_t i = 0; i <= REM_ENTRY_U64; ++i) {
    const size_t size = type_size((RemEntryType)i);
    if (!strcmp(dtype, type_names[i])) {
      *type  = (RemEntryType)i;
      *begin = (size_t)from;
      *n     = (size_t)(to - from) / size;
      return (uint64_t)count == *n && *n * size == (size_t)(to - from);
    }
  }
  return false;
}

/// Check every entry, and that they fill the file
static RemStatus
check_entries(const RemCheckpoint* const checkpoint, RemError* const error)
{
  const char* name  = NULL;
  json_t*     entry = NULL;
  size_t      total = 0U;
  json_object_foreach(checkpoint->header, name, entry)
  {
    RemEntryType type  = REM_ENTRY_F32;
    size_t       begin = 0U, n = 0U;
    if (!strcmp(name, METADATA)) {
      continue;
    }
    if (!find_entry(checkpoint, name, &type, &begin, &n) || begin != total) {
      return not_one(checkpoint, "its entries do not fit together", error);
    }
    total += n * type_size(type);
  }
  if (total != checkpoint->n_data) {
    return not_one(checkpoint, "it is cut short or has more at its end", error);
  }
  return REM_SUCCESS;
}

RemStatus
rem_checkpoint_read(const char* const     path,
                    RemCheckpoint** const out,
                    RemError* const       error)
{
  *out = NULL;

  RemCheckpoint* const checkpoint =
    (RemCheckpoint*)calloc(1, sizeof(RemCheckpoint));
  char* const name = checkpoint ? strdup(path) : NULL;
  if (!name) {
    free(checkpoint);
    return rem_fail(error, REM_NO_MEMORY, path, "No memory to read it");
  }
  checkpoint->path = name;

  void*     bytes   = NULL;
  size_t    size    = 0U;
  RemStatus st      = rem_file_read(path, MAX_BYTES, &bytes, &size, error);
  checkpoint->bytes = (unsigned char*)bytes;
  if (st || (st = open_header(checkpoint, size, error)) ||
      (st = check_entries(checkpoint, error))) {
    rem_checkpoint_free(checkpoint);
    return st;
  }
  *out = checkpoint;
  return REM_SUCCESS;
}

void
rem_checkpoint_free(RemCheckpoint* const checkpoint)
{
  if (checkpoint) {
    json_decref(checkpoint->header);
    free(checkpoint->bytes);
    free(checkpoint->path);
    free(checkpoint);
  }
}

const char*
rem_checkpoint_about(const RemCheckpoint* const checkpoint)
{
  return json_string_value(json_object_get(
    json_object_get(checkpoint->header, METADATA), "remanence.training"));
}

size_t
rem_checkpoint_count(const RemCheckpoint* const checkpoint,
                     const char* const          name)
{
  RemEntryType type  = REM_ENTRY_F32;
  size_t       begin = 0U, n = 0U;
  return find_entry(checkpoint, name, &type, &begin, &n) ? n : 0U;
}

RemStatus
rem_checkpoint_copy(const RemCheckpoint* const checkpoint,
                    const RemEntry* const      entries,
                    const uint32_t             n_entries,
                    RemError* const            error)
{
  for (int pass = 0; pass < 2; ++pass) { // Check all, then copy all
    for (uint32_t i = 0; i < n_entries; ++i) {
      RemEntryType type  = REM_ENTRY_F32;
      size_t       begin = 0U, n = 0U;
      if (!find_entry(checkpoint, entries[i].name, &type, &begin, &n) ||
          type != entries[i].type || n != entries[i].n) {
        return rem_fail(error,
                        REM_BAD_FORMAT,
                        checkpoint->path,
                        "The entry %s is missing or does not fit this run",
                        entries[i].name);
      }
      if (pass && n) {
        memcpy(
          entries[i].data, checkpoint->data + begin, entry_bytes(&entries[i]));
      }
    }
  }
  return REM_SUCCESS;
}
