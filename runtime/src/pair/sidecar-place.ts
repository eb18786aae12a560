/** Where a sidecar is told what changes while it runs, and asked what it has taken. */
export interface SidecarPlace {
  /** Of its process, as people see it in the logs. */
  readonly name: string;
  /** Unix socket of its admin interface. */
  readonly admin: string;
  /** Folder of its dynamic files. */
  readonly xds: string;
  /** Folders of the identities that it shows: to the mesh, and to outside parties. */
  readonly identities: readonly string[];
  /** While it does not run it need not be asked: it reads its files when it starts. */
  isRunning(): boolean;
}
