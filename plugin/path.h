// SPDX-License-Identifier: ISC

/// Paths as text: nothing here looks at a file

#ifndef REM_PLUGIN_PATH_H
#define REM_PLUGIN_PATH_H

#define REM_PATH_SIZE 4096U ///< Longest path of a model, with its zero

/// Return "folder/name" from malloc(), or NULL without memory; the folder may
/// end with a slash.  Thread: any but audio.
char*
rem_path_join(const char* folder, const char* name);

/// Return what stands behind the last slash of `path`, inside `path`
const char*
rem_path_name(const char* path);

#endif // REM_PLUGIN_PATH_H
