A_REVISION ?= master 
B_REVISION := master # for now
C_REVISION = refs/heads/one-1.0
D_REVISION ?= staging-4.10
E_REVISION ?= stable
F_REVISION ?= rel-1.10.2
G_REVISION ?= 947f3737abf65fda63f3ffd97fddfa6986986868
H_REVISION ?= $(G_REVISION)
