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
