/** A manifest of two steps, for saved files and for tests that take its runs up again. */
export const twoSteps: string = `
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: { name: two-steps }
spec:
  entrypoint: both
  templates:
    - name: both
      steps:
        - - { name: one, template: first }
        - - { name: two, template: second }
    - { name: first, container: { image: alpine, command: ["true"] } }
    - { name: second, container: { image: alpine, command: ["true"] } }
`

/** Steps under a lock, two of which want another lock at the same time. */
export const locked: string = `
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: { name: locked }
spec:
  entrypoint: both
  templates:
    - name: both
      synchronization: { mutexes: [{ name: outer }] }
      steps:
        - - { name: one, template: first }
        - - { name: two, template: second }
          - { name: three, template: second }
    - { name: first, container: { image: alpine, command: ["true"] } }
    - { name: second, synchronization: { mutexes: [{ name: inner }] }, container: { image: alpine, command: ["true"] } }
`
