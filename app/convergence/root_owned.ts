import type { DirectoryResource, FileResource } from '#convergence/resource'
import type { Command } from '#convergence/service'
import { toAbsolutePath } from '#convergence/syntax/names'

/** Configuration and programs: everybody may read them. */
export function rootFile(path: string, content: string): FileResource {
  return {
    kind: 'file',
    path: toAbsolutePath(path),
    content,
    owner: 'root',
    group: 'root',
    mode: 0o644,
  }
}

export function rootDirectory(
  path: string,
  group: string | number = 'root',
  mode = 0o755
): DirectoryResource {
  return { kind: 'directory', path: toAbsolutePath(path), owner: 'root', group, mode }
}

/** Whether Python takes a program, without writing what it compiled. */
export function compiles(program: string): Command {
  const source = `compile(open(${JSON.stringify(program)}).read(), "program", "exec")`
  return { argv: ['python3', '-I', '-S', '-c', source] }
}
